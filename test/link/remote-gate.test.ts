/** A device that is connected to one node, and scheduled by another. */
import t, { type Test } from 'tap'
import { closeCodes } from '../../schemas/link.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import type { DeviceSession } from '../../src/cluster/ports/link.ts'
import { connectCluster } from '../../src/link/cluster/remote.ts'
import type { Scheduling } from '../../src/link/cluster/serve.ts'
import { createWorld } from '../cluster/world.ts'
import {
  fakeGate,
  finished,
  hello,
  rawDevice,
  run,
  silent,
  startServer,
  telemetry,
  until,
  welcome,
} from './link-world.ts'

const TOKEN = 'cluster-token-of-the-test'

/** A node that schedules, with a gate that notes; and another one, at which devices connect. */
const twoNodes = async (t: Test, session: Partial<DeviceSession> = {}) => {
  const world = await createWorld(t)
  const gate = fakeGate(session)
  const end = new AbortController()
  let scheduling: Scheduling | undefined = {
    cluster: world.node.cluster,
    gate,
    count: (key, amount) => ({ total: key.length + amount, leftMs: 5 }),
    ended: end.signal,
  }
  const first = await startServer(t, {
    door: { cluster: world.node.cluster, token: TOKEN, version: '0.1.0', scheduling: () => scheduling },
  })
  const remote = connectCluster({
    host: '127.0.0.1',
    port: first.port,
    token: { token: TOKEN, fingerprint: undefined },
    version: '0.1.0',
    member: 'second',
    log: silent,
    share: () => 0.1,
  })
  t.teardown(() => remote.close())
  await remote.reached
  const second = await startServer(t, { gate: remote.gate })
  const visit = async () => {
    await until('it is known', () => gate.visits.length > 0)
    const [first] = gate.visits
    if (first === undefined) throw new Error('nobody came')
    return first
  }
  return {
    remote,
    port: second.port,
    gate,
    visit,
    depose: () => {
      scheduling = undefined
      end.abort()
    },
  }
}

void t.test('what a device says is heard, and what it is told comes to it', async (t) => {
  const { port, visit } = await twoNodes(t)
  const device = await rawDevice(t, port)
  t.match(await device.greet(), { result: welcome })
  const { calls, link } = await visit()
  t.equal(link.address, '127.0.0.1')
  device.send({ method: 'device.heartbeat', params: { telemetry } })
  device.send({ id: 2, method: 'task.finished', params: finished })
  await until('its answer', () => device.received.some(({ id }) => id === 2))
  t.strictSame(calls, [
    ['hello', hello()],
    ['heartbeat', telemetry],
    ['finished', finished],
  ])
  link.notify('task.run', run)
  await until('the task', () => device.received.some(({ method }) => method === 'task.run'))
  const pinged = link.request('device.ping', {}, 60_000)
  await until('the ping', () => device.received.some(({ method }) => method === 'device.ping'))
  const ping = device.received.find(({ method }) => method === 'device.ping')
  device.send({ id: ping?.id, result: {} })
  t.strictSame(await pinged, {})
  await t.rejects(link.request('device.ping', {}, 20), { code: 'CLUSTER_UNAVAILABLE' }, 'one that does not answer')
  link.close(closeCodes.removed, 'it was removed')
  await device.ended()
  t.match(device.end, { code: closeCodes.removed, reason: 'it was removed' })
})

void t.test('a refusal reaches the device as it was meant; a connection that is gone is told of', async (t) => {
  const refused = new ClusterError('AUTHENTICATION_REQUIRED', { reason: 'who are you' })
  const { port } = await twoNodes(t, { hello: () => Promise.reject(refused) })
  const stranger = await rawDevice(t, port)
  await stranger.greet()
  await stranger.ended()
  t.match(stranger.end, { code: closeCodes.refused, reason: 'who are you' })

  const other = await twoNodes(t)
  const device = await rawDevice(t, other.port)
  await device.greet()
  const visit = await other.visit()
  device.socket.terminate()
  await until('it is told', () => visit.closedBy !== undefined)
  t.equal(visit.closedBy, 'device')
})

void t.test('where the node does not schedule any more, its devices come back with a hello', async (t) => {
  const { port, visit, depose, remote } = await twoNodes(t)
  const device = await rawDevice(t, port)
  await device.greet()
  depose()
  await device.ended()
  t.equal(device.end.code, closeCodes.moved)
  const { closedBy } = await visit()
  t.equal(closedBy, 'device')
  await until('it is not reached', () => !remote.cluster.reachability().reachable)
  await t.rejects(remote.cluster.status(), { code: 'CLUSTER_UNAVAILABLE' })
})

void t.test('a node counts for the others, and an API server for itself', async (t) => {
  const { remote } = await twoNodes(t)
  t.strictSame(await remote.count('abc', 2, 1000), { total: 5, leftMs: 5 })
})
