import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HelloParams } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { fixedAt } from '../../src/link/client/keep-connected.ts'
import { type AgentOptions, startAgent } from '../../src/worker/agent.ts'
import type { Boot } from '../../src/worker/stops/boot.ts'
import { type LeftMark, stopOf } from '../../src/worker/stops/cause.ts'
import { type Machine, thisMachine } from '../../src/worker/machine.ts'
import { entry } from '../cli/programs.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { playedNode, welcome } from './played-node.ts'
import { keptLog, type Owner, temporaryDirectory, until } from './world.ts'

const NOON = Date.UTC(2026, 10, 24, 12)

/** A machine whose kernel tells what the test wants. */
const kernelOf = (t: Owner) => {
  const root = temporaryDirectory(t)
  const machine: Machine = {
    ...thisMachine,
    platform: 'linux',
    sysRoot: join(root, 'sys'),
    procRoot: join(root, 'proc'),
    etcRoot: join(root, 'etc'),
    androidRoot: join(root, 'system'),
  }
  const random = join(machine.procRoot, 'sys/kernel/random')
  mkdirSync(random, { recursive: true })
  const boots = (id: string) => writeFileSync(join(random, 'boot_id'), `${id}\n`)
  const killsForMemory = (count: number) =>
    writeFileSync(join(machine.procRoot, 'vmstat'), `nr_free_pages 1\noom_kill ${count}\n`)
  boots('first')
  killsForMemory(3)
  return { machine, boots, killsForMemory }
}

/** A worker on that machine, which is dead when its mark is put back as it was while it ran. */
const world = (t: Owner) => {
  const { machine, ...kernel } = kernelOf(t)
  const dataDir = temporaryDirectory(t)
  const mark = join(dataDir, 'run.json')
  const clock = fakeClock()
  const log = keptLog()
  const node = playedNode()
  const start = async (more: Partial<AgentOptions> = {}) => {
    const agent = await startAgent({
      dataDir,
      node: fixedAt({ host: '127.0.0.1', port: 1, fingerprint: undefined }),
      token: 'token',
      deviceId: undefined,
      role: 'compute',
      tags: [],
      slots: 1,
      allow: [],
      workerFile: entry('worker'),
      log,
      version: '1.2.3',
      clock,
      machine,
      connect: node.connect,
      ...more,
    })
    t.teardown(() => agent.kill())
    return agent
  }
  const joined = async () => {
    const kept = Promise.withResolvers<undefined>()
    const agent = await start({ onJoined: () => kept.resolve(undefined) })
    await node.hello()
    node.welcomes(welcome())
    await kept.promise
    return agent
  }
  const dies = (agent: Awaited<ReturnType<typeof start>>) => {
    const left = readFileSync(mark, 'utf8')
    const { mtime } = statSync(mark)
    agent.kill()
    writeFileSync(mark, left)
    utimesSync(mark, mtime, mtime)
  }
  return { ...kernel, dataDir, mark, clock, log, node, start, joined, dies }
}

void t.test('a worker that ends in order, by whatever way, leaves nothing to tell', async (t) => {
  const { node, joined, start, mark } = world(t)
  const first = await joined()
  t.ok(existsSync(mark))
  await first.stop()
  t.notOk(existsSync(mark))
  const second = await start()
  t.notOk('unclean_stops' in (await node.hello()))
  second.kill()
  t.notOk(existsSync(mark), 'ended at once, since its owner wanted it so')
})

void t.test('one that was killed is told of by the next hello, and by no other once the node has it', async (t) => {
  const { node, joined, start, dies, log, dataDir } = world(t)
  const history = join(dataDir, 'unclean-stops.json')
  dies(await joined())
  const next = await start()
  const hello = await node.hello()
  t.equal(problemOf(HelloParams, hello), undefined)
  t.match(hello.unclean_stops, [{ kind: 'killed' }])
  t.strictSame((await node.hello()).unclean_stops, hello.unclean_stops, 'the connection broke before the welcome')
  t.strictSame(log.lines, ['the run before this one ended uncleanly'])
  node.welcomes(welcome())
  await until('it is kept that the node knows', () => readFileSync(history, 'utf8').includes('"told":true'))
  t.notOk('unclean_stops' in (await node.hello()))
  await next.stop()
  await start()
  t.notOk('unclean_stops' in (await node.hello()))
})

void t.test('what the node could not be told before the worker stopped in order is told later', async (t) => {
  const { node, joined, start, dies } = world(t)
  dies(await joined())
  const unheard = await start()
  await unheard.stop()
  dies(await start())
  await start()
  t.match((await node.hello()).unclean_stops, [{ kind: 'killed' }, { kind: 'killed' }])
})

void t.test('another boot id means that the device restarted', async (t) => {
  const { node, joined, start, dies, boots } = world(t)
  dies(await joined())
  boots('second')
  await start()
  t.match((await node.hello()).unclean_stops, [{ kind: 'restarted' }])
})

void t.test(
  'the kernel’s count of programs ended for lack of memory is that since the worker was last alive',
  async (t) => {
    const { node, joined, start, dies, killsForMemory, clock, mark } = world(t)
    const first = await joined()
    killsForMemory(4)
    await clock.advance(60_000)
    await until('the mark has the new count', () => readFileSync(mark, 'utf8').includes('"oom_kills":4'))
    dies(first)
    const second = await start()
    t.match((await node.hello()).unclean_stops, [{ kind: 'killed' }], 'another program, long before')
    killsForMemory(5)
    dies(second)
    await start()
    t.match((await node.hello()).unclean_stops, [{ kind: 'killed' }, { kind: 'out_of_memory' }])
  },
)

void t.test('an error that nobody caught is told as such', async (t) => {
  const { node, joined, start, dies } = world(t)
  const agent = await joined()
  agent.crashed(new Error('the sky fell'))
  dies(agent)
  await start()
  t.match((await node.hello()).unclean_stops, [{ kind: 'crashed', message: 'the sky fell' }])
})

void t.test(
  'a mark that a power cut left empty tells of the stop all the same; a broken history starts anew',
  async (t) => {
    const { node, joined, start, dies, mark, dataDir } = world(t)
    dies(await joined())
    writeFileSync(mark, '')
    writeFileSync(join(dataDir, 'unclean-stops.json'), '[{"stop":{"kind":"eaten"},"told":false}')
    await start()
    const { unclean_stops } = await node.hello()
    t.equal(unclean_stops?.length, 1)
  },
)

void t.test('a device that has not joined has nothing to tell: the mark came with a copy', async (t) => {
  const { node, start, mark } = world(t)
  writeFileSync(mark, '{"boot_id":"of another machine"}')
  await start()
  t.notOk('unclean_stops' in (await node.hello()))
})

const left = (change: Partial<LeftMark> = {}): LeftMark => ({
  bootId: 'a',
  oomKills: null,
  error: null,
  startedMs: NOON - 3_600_000,
  aliveMs: NOON - 600_000,
  ...change,
})

const platformOf = (os: string, os_version: string | null) => ({
  os,
  os_version,
  arch: 'aarch64',
  python_version: null,
  node_version: null,
})

const told = (mark: LeftMark, boot: Partial<Boot>, platform = platformOf('linux', null)) =>
  stopOf(mark, { boot: { id: null, uptimeSeconds: null, oomKills: null, ...boot }, platform, nowMs: NOON })

void t.test('where the system has no boot id, its uptime tells whether it was started since', (t) => {
  t.match(told(left(), { uptimeSeconds: 500 }), {
    kind: 'restarted',
    started_ms: NOON - 3_600_000,
    last_alive_ms: NOON - 600_000,
  })
  t.match(told(left(), { uptimeSeconds: 700 }), { kind: 'killed' })
  t.match(told(left(), {}), { kind: 'killed' }, 'nothing is known')
  t.match(told(left({ startedMs: -5 }), {}), { started_ms: 0 }, 'its clock was never set')
  t.match(told(left({ oomKills: 5 }), { id: 'b', oomKills: 9 }), { kind: 'restarted' }, 'the count began anew')
  t.end()
})

void t.test('on Android the likely cause is named, by its version', (t) => {
  t.match(told(left(), { id: 'a' }, platformOf('android', '13')), { kind: 'killed', message: 'phantom-process killer' })
  t.match(told(left(), { id: 'a' }, platformOf('android', '9')), { message: 'to save battery or memory' })
  t.notMatch(told(left(), { id: 'a' }, platformOf('android', '9')), { message: 'phantom' })
  t.end()
})

void t.test('a long message is cut to what the contract allows', (t) => {
  t.equal(told(left({ error: 'x'.repeat(5000) }), {}).message.length, 512)
  t.end()
})
