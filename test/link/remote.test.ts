import t from 'tap'
import type { StreamEvent } from '../../src/cluster/cluster.ts'
import { connectCluster, type RemoteCluster } from '../../src/link/cluster/remote.ts'
import { startLinkServer, type LinkServer } from '../../src/link/server/server.ts'
import { createWorld, submitEcho, type World } from '../cluster/world.ts'
import { until } from '../start-cluster.ts'

type Test = Parameters<typeof createWorld>[0]

const TOKEN = 'cluster-token-of-the-test'
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const serve = (t: Test, world: World, port = 0): Promise<LinkServer> => {
  const server = startLinkServer({
    host: '127.0.0.1',
    port,
    gate: world.node.gate,
    maxConnections: () => 10,
    pages: { workerBundle: () => Promise.resolve(undefined) },
    door: { cluster: world.node.cluster, token: TOKEN, version: '0.1.0' },
    log: silent,
  })
  t.teardown(async () => (await server).close())
  return server
}

const connect = (t: Test, port: number, token = TOKEN): RemoteCluster => {
  const printed = { token, fingerprint: undefined }
  const remote = connectCluster({
    host: '127.0.0.1',
    port,
    token: printed,
    version: '0.1.0',
    log: silent,
    share: () => 0.1,
  })
  t.teardown(() => remote.close())
  return remote
}

const reached = ({ cluster }: RemoteCluster) =>
  until('the node is reached', () => Promise.resolve(cluster.reachability().reachable || undefined))

void t.test('every operation answers over the link as it does in the process, errors alike', async (t) => {
  const world = await createWorld(t)
  const server = await serve(t, world)
  const remote = connect(t, server.port)
  await reached(remote)
  const { cluster } = remote
  const device = await world.connect({ device_id: 'd' })
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)

  const local = world.node.cluster
  t.same(await cluster.status(), await local.status())
  t.same(await cluster.devices.list({}), await local.devices.list({}))
  t.same(await cluster.devices.get({ device_id: 'd' }), await local.devices.get({ device_id: 'd' }))
  t.same(await cluster.tasks.get({ task_id, wait: 0 }), await local.tasks.get({ task_id, wait: 0 }))
  t.same(await cluster.tasks.list({ status: 'completed' }), await local.tasks.list({ status: 'completed' }))
  t.same(await cluster.tasks.types(), JSON.parse(JSON.stringify(await local.tasks.types())))
  t.same(await cluster.config.get(), await local.config.get())
  t.same(await cluster.stats.tasks({}), await local.stats.tasks({}))
  t.same(await cluster.logs.list({}), await local.logs.list({}))
  t.same(await cluster.tasks.output({ task_id, offset: 1, wait: 0 }), { text: 'one', next_offset: 4, ended: true })
  await t.rejects(cluster.devices.get({ device_id: 'e' }), {
    code: 'DEVICE_NOT_FOUND',
    details: { device_id: 'e', available_devices: ['d'] },
  })
})

void t.test(
  'the live events come over the link, and after an outage those in between, in order and once',
  async (t) => {
    const world = await createWorld(t)
    const server = await serve(t, world)
    const remote = connect(t, server.port)
    const heard: StreamEvent[] = []
    const local: string[] = []
    remote.cluster.events.listen((event) => heard.push(event))
    world.node.cluster.events.listen(({ id }) => local.push(id))
    await reached(remote)
    await submitEcho(world)
    await server.close()
    await until('the loss is noticed', () => Promise.resolve(!remote.cluster.reachability().reachable || undefined))
    await submitEcho(world)
    await t.rejects(remote.cluster.status(), { code: 'CLUSTER_UNAVAILABLE', details: { retry_after_seconds: 2 } })
    await serve(t, world, server.port)
    await reached(remote)
    await submitEcho(world)
    await until('all events are there', () => Promise.resolve(heard.length >= local.length || undefined))
    t.same(
      heard.map(({ id }) => id),
      local,
    )
  },
)

void t.test('the removal of a key is told over the link; after an outage, that there may have been some', async (t) => {
  const world = await createWorld(t)
  const server = await serve(t, world)
  const remote = connect(t, server.port)
  await reached(remote)
  const { keys } = remote.cluster
  const removed: (string | null)[] = []
  const stop = keys.onRemoved((key_id) => removed.push(key_id))
  const make = () => keys.create({ name: 'laptop', scopes: ['read'] })
  const [first, second, third] = [await make(), await make(), await make()]
  await keys.remove({ key_id: first.key.id })
  await until('the removal is told', () => Promise.resolve(removed.length === 1 || undefined))
  await server.close()
  await until('the loss is noticed', () => Promise.resolve(!remote.cluster.reachability().reachable || undefined))
  await world.node.cluster.keys.remove({ key_id: second.key.id })
  await serve(t, world, server.port)
  await reached(remote)
  t.same(removed, [first.key.id, null])
  stop()
  await keys.remove({ key_id: third.key.id })
  await remote.cluster.status()
  t.equal(removed.length, 2, 'who has stopped listening is told nothing')
})

void t.test('who makes a change crosses the link with it, and nobody else’s change is theirs', async (t) => {
  const world = await createWorld(t)
  const server = await serve(t, world)
  const remote = connect(t, server.port)
  await reached(remote)
  const { cluster } = remote
  const deed = {
    key_id: 'key-1',
    address: '192.0.2.1',
    operation: 'createKey',
    target: null,
    target_at: '/key/id',
    outcome: 201,
    details: {},
  }
  const make = () => cluster.keys.create({ name: 'laptop', scopes: ['read'] })
  const [{ key }] = await Promise.all([cluster.acting(deed, make), make()])
  await cluster.audit.refused({ ...deed, outcome: 403, target_at: null })
  const { entries } = await cluster.audit.list({})
  t.match(entries, [
    { outcome: 403, target: null },
    { key_id: 'key-1', address: '192.0.2.1', operation: 'createKey', target: key.id, outcome: 201 },
  ])
  t.equal(entries.length, 2)
})

void t.test('a wrong token and a missing one are told, and nothing is served', async (t) => {
  const world = await createWorld(t)
  const server = await serve(t, world)
  const wrong = connect(t, server.port, 'wrong')
  await until('the refusal is told', () => {
    const answer = wrong.cluster.reachability()
    return Promise.resolve((!answer.reachable && answer.reason.includes('token is not valid')) || undefined)
  })
  await t.rejects(wrong.cluster.status(), { code: 'CLUSTER_UNAVAILABLE', details: { reason: /token is not valid/ } })
  const missing = connectCluster({ host: '127.0.0.1', port: server.port, token: undefined, version: '0', log: silent })
  await t.rejects(missing.cluster.status(), { code: 'CLUSTER_UNAVAILABLE', details: { reason: /--cluster-token/ } })
})
