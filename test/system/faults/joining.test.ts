import { cpSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { LogList } from '../../../schemas/index.ts'
import { fixedAt } from '../../../src/link/client/keep-connected.ts'
import { type AgentOptions, startAgent } from '../../../src/worker/agent.ts'
import { withoutLimits } from '../../../src/worker/policy/limits.ts'
import { ended, entry, runToEnd, start, temporaryDirectory } from '../../cli/programs.ts'
import { JOIN_TOKEN, type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { madeUp } from '../../worker/machines.ts'
import { keptLog } from '../../worker/world.ts'
import { openProxy } from '../../faults/proxy.ts'

type Owner = Parameters<typeof temporaryDirectory>[0]

const warnings = async (cluster: RunningCluster) =>
  (await cluster.call<LogList>('GET', '/api/v1/logs?level=warning')).data.logs.map(({ message }) => message)

const directoryOf = (cluster: RunningCluster, device_id: string) => join(cluster.nodeDirectory, '..', device_id)

/** A connection to a port on which the device hears the answer to its handshake, and nothing after it. */
const deafTo = async (t: Owner, target: number): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((device) => {
    const node = connect(target, '127.0.0.1')
    for (const socket of [device, node]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    device.pipe(node)
    node.once('data', (handshake: Buffer) => {
      device.write(handshake)
      node.resume()
    })
    device.once('close', () => node.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

void t.test(
  'a worker that is killed with -9 before it hears that it has joined comes back as the same device',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const port = await deafTo(t, cluster.clusterPort)
    const dataDir = directoryOf(cluster, 'phone')
    const worker = start(t, entry('worker'), [
    '--join', `127.0.0.1:${port}`,
    '--token', JOIN_TOKEN,
    '--device-id', 'phone',
    '--data-dir', dataDir,
  ]) // prettier-ignore
    await until('the node has let it in', async () => ((await cluster.devices()).total === 1 ? true : undefined))
    const kept = JSON.parse(readFileSync(join(dataDir, 'identity.json'), 'utf8')) as { device_id: null }
    t.equal(kept.device_id, null, 'it has not heard of it')
    worker.kill('SIGKILL')
    await ended(worker)
    const again = await cluster.addWorker('phone')
    t.equal(again.device_id, 'phone')
    t.match(await cluster.devices(), { total: 1, online: 1 })
    t.match(JSON.parse(readFileSync(join(dataDir, 'identity.json'), 'utf8')), { ...kept, device_id: 'phone' })
  },
)

void t.test('a second worker on a copy of a data directory in use is refused, however often it comes', async (t) => {
  const cluster = await startCluster(t, { workers: 1 })
  const copy = temporaryDirectory(t)
  cpSync(directoryOf(cluster, 'worker-1'), copy, { recursive: true, filter: (path) => !path.endsWith('lock') })
  for (let time = 1; time <= 3; time += 1) {
    const { code, stderr } = await runToEnd(t, entry('worker'), ['--data-dir', copy])
    t.equal(code, 1)
    t.match(stderr, /worker-1 is connected already, with the same credential: this data directory is a copy/)
    t.equal((await warnings(cluster)).length, time, 'the cluster log says so')
  }
  t.match(await warnings(cluster), Array(3).fill('a second holder of the credential of worker-1 was refused'))
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'still here' } })
  t.match(await cluster.task(task_id, 60), { status: 'completed', device_id: 'worker-1' })
})

void t.test(
  'a copy on another machine discards the identity, and joins with a token as a device of its own',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const log = keptLog()
    const machine = (address: string) => madeUp(t, { system: 'cloned', cards: [{ address }] })
    const dataDir = temporaryDirectory(t)
    const startOn = async (more: Partial<AgentOptions> & Pick<AgentOptions, 'machine' | 'dataDir'>) => {
      const joined = Promise.withResolvers<string>()
      const agent = await startAgent({
        node: fixedAt({ host: '127.0.0.1', port: cluster.clusterPort, fingerprint: undefined }),
        token: JOIN_TOKEN,
        deviceId: undefined,
        role: 'compute',
        tags: [],
        slots: 1,
        allow: [],
        wishes: withoutLimits,
        workerFile: entry('worker'),
        log,
        version: '0.1.0',
        onJoined: joined.resolve,
        ...more,
      })
      t.teardown(() => agent.kill())
      return joined.promise
    }
    const first = await startOn({ dataDir, machine: machine('dc:a6:32:00:00:01') })
    const copy = temporaryDirectory(t)
    cpSync(dataDir, copy, { recursive: true })
    const elsewhere = { dataDir: copy, machine: machine('dc:a6:32:00:00:02') }
    await t.rejects(startOn({ ...elsewhere, token: undefined }), { code: 'TOKEN_MISSING', message: /copy/ })
    t.not(await startOn(elsewhere), first)
    t.match(await cluster.devices(), { total: 2, online: 2 })
    t.same(await warnings(cluster), [], 'the node never saw the same credential twice')
    t.match(log.lines, ['copied from another machine: this one joins as a device of its own'])
  },
)

void t.test('a worker whose connection died unnoticed at the node is back at once, and never offline', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--log-level', 'debug'] })
  const proxy = await openProxy(cluster.clusterPort)
  t.teardown(() => proxy.close())
  await cluster.addWorker('phone', ['--join', `127.0.0.1:${proxy.port}`])
  const connections = async () =>
    (await cluster.call<LogList>('GET', '/api/v1/logs?device_id=phone')).data.logs
      .map(({ message }) => message)
      .filter((message) => message.startsWith('device phone'))
  proxy.halfOpen('device')
  await until('it is connected again', async () => ((await connections()).length > 1 ? true : undefined), 9)
  t.strictSame(await connections(), ['device phone is connected', 'device phone has joined'])
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'back' } })
  t.match(await cluster.task(task_id, 60), { status: 'completed' })
})
