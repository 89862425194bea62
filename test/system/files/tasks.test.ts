import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { ended, isAlive } from '../../cli/programs.ts'
import { openProxy } from '../../faults/proxy.ts'
import { closedGate } from '../../gate.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { assemble, exit, fill, forEver, i32 } from '../../worker/wasm/assemble.ts'
import { directoryOf, ending, hashed, keptBy, leftBy, onItsWay, partAt, shell, sizeOf, store } from './world.ts'

const MIB = 2 ** 20
/** Of a large file so much comes before it is held on its way. */
const HALF = 48 * MIB
/** No two pieces of it are the same. */
const large = (seed: number): Buffer => {
  const content = Buffer.alloc(2 * HALF, 'of a large file ')
  for (let at = 0; at < content.length; at += MIB) content.writeUInt32BE(seed + at / MIB, at)
  return content
}

const start = (owner: Parameters<typeof startCluster>[0], more: Parameters<typeof startCluster>[1] = {}) =>
  startCluster(owner, { workers: 1, workerArgs: ['--allow', 'command', '--slots', '2'], ...more })

/** A cluster of one worker, and the network between them. */
const startApart = async (owner: Parameters<typeof startCluster>[0], more: Parameters<typeof startCluster>[1] = {}) => {
  const cluster = await start(owner, { ...more, workers: 0 })
  const network = await openProxy(cluster.clusterPort)
  owner.teardown(() => network.close())
  await cluster.addWorker('worker-1', ['--join', `127.0.0.1:${network.port}`])
  return { cluster, network }
}

const submit = async (cluster: RunningCluster, submission: object): Promise<string> =>
  (await cluster.submit(submission)).task_id

const killWorker = async (cluster: RunningCluster): Promise<void> => {
  const worker = cluster.workers.pop()
  worker?.process.kill('SIGKILL')
  if (worker !== undefined) await ended(worker.process)
}

void t.test('files go in, through two tasks on two devices, and out', async (t) => {
  const cluster = await start(t, { workers: 2 })
  const sha256 = await store(cluster, 'a line\n')
  const first = await cluster.task(
    await submit(cluster, {
      ...shell('tr a-z A-Z < in/text > "out put.txt"; echo -n > in/text; ls in'),
      inputs: [{ name: 'in/text', sha256 }],
      outputs: ['out put.txt'],
      device_id: 'worker-1',
    }),
    30,
  )
  t.match(first, { status: 'completed', result: { output: 'text\n', artifacts: [{ name: 'out put.txt', bytes: 7 }] } })
  t.strictSame(await leftBy(cluster, first), { 'out put.txt': 'A LINE\n' })
  t.strictSame(
    readdirSync(directoryOf(cluster, 'worker-1', 'files')),
    [sha256],
    'what a task does to its input is its own',
  )

  const left = first.result?.artifacts?.[0]?.sha256
  const second = await cluster.task(
    await submit(cluster, {
      ...shell('cat before > after; cat before'),
      inputs: [{ name: 'before', sha256: left }],
      outputs: ['after'],
      device_id: 'worker-2',
    }),
    30,
  )
  t.match(second, { status: 'completed', result: { output: 'A LINE\n' } })
  t.strictSame(await leftBy(cluster, second), { after: 'A LINE\n' })
  await until('nothing is kept any more', () => Promise.resolve(keptBy(cluster, 'worker-1').length === 0 || undefined))
  await until('nothing is kept any more', () => Promise.resolve(keptBy(cluster, 'worker-2').length === 0 || undefined))
})

void t.test('what is no file of the task is not taken, and the task says why', async (t) => {
  const cluster = await start(t)
  const secret = join(cluster.nodeDirectory, '..', 'secret')
  writeFileSync(secret, 'secret')
  const strange = [
    ['true', 'out', { code: 'TASK_OUTPUT_MISSING', message: /out/ }],
    [`ln -s ${secret} out`, 'out', { code: 'TASK_ERROR', message: /symbolic link/ }],
    [`ln -s ${join(secret, '..')} out`, 'out/secret', { code: 'TASK_ERROR', message: /symbolic link/ }],
    ['mkfifo out', 'out', { code: 'TASK_ERROR', message: /no regular file/ }],
    ['mkdir out', 'out', { code: 'TASK_ERROR', message: /directory/ }],
  ] as const
  for (const [line, name, error] of strange) {
    const task = await cluster.task(await submit(cluster, { ...shell(line), outputs: [name] }), 30)
    t.match(task, { status: 'failed', error }, line)
    t.strictSame(task.result?.artifacts ?? [], [])
  }
  for (const name of ['../x', '/x', 'a/../../x', 'a\nb', '']) {
    const { status } = await cluster.call('POST', '/api/v1/tasks', { ...shell('true'), outputs: [name] })
    t.equal(status, 400, JSON.stringify(name))
  }
  await until('nothing is kept', () => Promise.resolve(keptBy(cluster, 'worker-1').length === 0 || undefined))
})

void t.test(
  'a worker that is killed with -9 between the end of a task and its files brings both home later',
  async (t) => {
    const cluster = await start(t, { mode: 'remote' })
    const gate = closedGate(t)
    const line = `${gate.passed}; echo done | tee out`
    const task_id = await submit(cluster, { ...shell(line), outputs: ['out'] })
    await until('it runs', async () => (await cluster.task(task_id)).status === 'running' || undefined)
    await cluster.killNode()
    gate.open()
    await until('its end is on the disk', () =>
      Promise.resolve(keptBy(cluster, 'worker-1').some((name) => name.startsWith('outbox/')) || undefined),
    )
    await killWorker(cluster)
    t.ok(keptBy(cluster, 'worker-1').some((name) => name.startsWith('outputs/')))
    await cluster.startNode()
    await cluster.addWorker('worker-1')
    const task = await ending(cluster, task_id)
    t.match(task, { status: 'completed', result: { output: 'done\n' }, attempts: [{ outcome: 'completed' }] })
    t.strictSame(await leftBy(cluster, task), { out: 'done\n' })
    await until('nothing is kept any more', () =>
      Promise.resolve(keptBy(cluster, 'worker-1').length === 0 || undefined),
    )
  },
)

void t.test('a node that is killed with -9 in the midst of transfers, in and out, loses none of them', async (t) => {
  const { cluster, network } = await startApart(t, { mode: 'remote' })
  const content = large(0)
  const sha256 = await store(cluster, content)
  const left = hashed(Buffer.concat([content, Buffer.from('more\n')]))
  network.holdAfter('to_device', HALF)
  const task_id = await submit(cluster, {
    ...shell('cp in out; echo more >> out'),
    inputs: [{ name: 'in', sha256 }],
    outputs: ['out'],
  })
  const coming = partAt(cluster, 'worker-1', sha256)
  await onItsWay(coming, 16 * MIB)
  await cluster.killNode()
  t.ok(sizeOf(coming) < content.length, 'it was in the midst of it')
  await cluster.startNode()
  network.heal()
  network.holdAfter('to_node', HALF)

  const going = join(cluster.nodeDirectory, 'files', left.slice(0, 2), `${left}.part`)
  await onItsWay(going, 16 * MIB)
  await cluster.killNode()
  t.ok(sizeOf(going) < content.length, 'it was in the midst of it')
  await cluster.startNode()
  network.heal()
  const task = await ending(cluster, task_id)
  t.match(task, {
    status: 'completed',
    attempts: [{ outcome: 'completed' }],
    result: { artifacts: [{ sha256: left }] },
  })
})

void t.test('a task that is cancelled while its files come ends at once, and another goes on with them', async (t) => {
  const { cluster, network } = await startApart(t)
  const content = large(1)
  const sha256 = await store(cluster, content)
  const task = { ...shell('sha256sum < in'), inputs: [{ name: 'in', sha256 }] }
  network.holdAfter('to_device', HALF)
  const task_id = await submit(cluster, task)
  const coming = partAt(cluster, 'worker-1', sha256)
  await onItsWay(coming, 16 * MIB)
  t.equal((await cluster.call('DELETE', `/api/v1/tasks/${task_id}`)).status, 200)
  await until('its slot is free', async () => (await cluster.devices()).devices[0]?.slots.free === 2 || undefined)
  const came = sizeOf(coming)
  t.ok(came > 0 && came < content.length, `${came} bytes have come`)
  network.heal()
  await pause(500)
  t.equal(sizeOf(coming), came, 'no more comes')
  t.match(await cluster.task(task_id), { status: 'cancelled', execution_time: null })
  t.match(await cluster.task(await submit(cluster, task), 60), {
    status: 'completed',
    result: { output: `${sha256}  -\n` },
  })
})

void t.test('a module comes with its task, and what it does amiss concerns its task alone', async (t) => {
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'wasm,javascript'] })
  const pid = cluster.workers[0]?.process.pid ?? 0
  const many = Array.from({ length: 32 }, () => 2048)
  const modules = {
    good: assemble({ body: exit(i32(0)) }),
    endless: assemble({ body: forEver([]) }),
    greedy: assemble({ memories: many, body: forEver(many.flatMap((pages, memory) => fill(memory, pages * 65_536))) }),
  }
  const wasm = async (name: keyof typeof modules) => ({
    task_type: 'wasm',
    payload: { module: 'm.wasm' },
    inputs: [{ name: 'm.wasm', sha256: await store(cluster, modules[name]) }],
  })
  const javascript = (code: string) => ({ task_type: 'javascript', payload: { code } })
  const outcomes = [
    [await wasm('endless'), { code: 'TASK_TIMEOUT' }, 3],
    [await wasm('greedy'), { code: 'TASK_KILLED', message: 'It took more than 320 MiB of memory.' }],
    [javascript('for (;;);'), { code: 'TASK_TIMEOUT' }, 3],
    [
      javascript('return [1, 2, 3, 4].map(() => new Uint8Array(2 ** 30)).length'),
      { code: 'TASK_EXIT_NONZERO', message: /memory/ },
    ],
    [javascript('return typeof process + typeof fetch + typeof require'), null],
    [await wasm('good'), null],
  ] as const
  for (const [task, error, timeout = 60] of outcomes) {
    const { task_id } = await cluster.submit({ ...task, timeout })
    t.match(await cluster.task(task_id, 60), { status: error === null ? 'completed' : 'failed', error })
  }
  t.ok(isAlive(pid), 'the worker is unharmed')
})

void t.test('bytes that are others than their hash says are given to no task', async (t) => {
  const cluster = await start(t)
  const sha256 = await store(cluster, 'as it was stored')
  writeFileSync(join(cluster.nodeDirectory, 'files', sha256.slice(0, 2), sha256), 'as it rotted now')
  const task = await cluster.task(await submit(cluster, { ...shell('cat in'), inputs: [{ name: 'in', sha256 }] }), 60)
  t.match(task, { status: 'failed', error: { code: 'TASK_ERROR', message: new RegExp(sha256) } })
  t.strictSame(readdirSync(directoryOf(cluster, 'worker-1', 'files')), [])
})
