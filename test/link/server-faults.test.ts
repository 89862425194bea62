import { once } from 'node:events'
import { createConnection } from 'node:net'
import { mock } from 'node:test'
import t from 'tap'
import { closeCodes } from '../../schemas/link.ts'
import { startLinkServer } from '../../src/link/server/server.ts'
import {
  fakeGate,
  finished,
  freezableProxy,
  rawDevice,
  run,
  silent,
  startServer,
  until,
  welcome,
} from './link-world.ts'

void t.test('more links than may be are closed as full, and the others stay', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, maxConnections: () => 1 })
  const first = await rawDevice(t, server.port)
  await first.greet()
  const second = await rawDevice(t, server.port)
  await second.ended()
  t.equal(second.end.code, closeCodes.full)
  t.equal(gate.visits.length, 1)
  first.socket.terminate()
  await until('the place to be free', () => server.connections() === 0)
  const third = await rawDevice(t, server.port)
  t.match(await third.greet(), { result: welcome })
})

void t.test('a device that does not read is given up, and costs the others nothing', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, limits: { maxBufferedBytes: 1024 * 1024 } })
  const slow = await rawDevice(t, server.port)
  const other = await rawDevice(t, server.port)
  await slow.greet()
  await other.greet()
  slow.transport.pause()
  const big = { ...run, payload: { text: 'x'.repeat(512 * 1024) } }
  await until('the slow one to be given up', () => {
    gate.visits[0]?.link.notify('task.run', big)
    return gate.visits[0]?.closedBy !== undefined
  })
  t.equal(gate.visits[0]?.closedBy, 'device')
  gate.visits[1]?.link.notify('task.run', run)
  await until('the task of the other', () => other.received.length === 2)
  t.match(other.received[1], { method: 'task.run', params: run })
})

void t.test('a device whose network went silent is given up after two missed pings', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, limits: { pingIntervalMs: 40 } })
  const proxy = await freezableProxy(t, server.port)
  const device = await rawDevice(t, proxy.port)
  await device.greet()
  let pings = 0
  device.socket.on('ping', () => (pings += 1))
  await until('five pings', () => pings >= 5)
  t.equal(gate.visits[0]?.closedBy, undefined, 'a device that answers its pings stays')
  proxy.freeze()
  await until('the silent one to be given up', () => gate.visits[0]?.closedBy !== undefined)
  t.equal(gate.visits[0]?.closedBy, 'device')
  t.equal(server.connections(), 0)
})

void t.test('a device that is reset was closed by its own side', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  await device.greet()
  device.transport.resetAndDestroy()
  await until('the session to end', () => gate.visits[0]?.closedBy !== undefined)
  t.equal(gate.visits[0]?.closedBy, 'device')
})

void t.test('more requests than are worked on at a time wait, and all are answered', async (t) => {
  const acknowledge: (() => void)[] = []
  const gate = fakeGate({ finished: () => new Promise((resolve) => acknowledge.push(() => resolve({}))) })
  const server = await startServer(t, { gate, limits: { pingIntervalMs: 20 } })
  const device = await rawDevice(t, server.port)
  await device.greet()
  const params = { ...finished, result: { ...finished.result, output: 'x'.repeat(64 * 1024) } }
  for (let id = 2; id < 202; id += 1) device.send({ id, method: 'task.finished', params })
  await until('the first to arrive', () => acknowledge.length >= 64)
  await until('all to be answered', () => {
    t.ok(acknowledge.length < 80, 'few are worked on at a time')
    acknowledge.shift()?.()
    return device.received.length === 201
  })
  t.equal(gate.visits[0]?.closedBy, undefined)
})

void t.test('a stopped server says goodbye with 1001 and ends within 2 seconds, whoever does not answer', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const polite = await rawDevice(t, server.port)
  await polite.greet()
  const stuck = await rawDevice(t, server.port)
  await stuck.greet()
  stuck.transport.pause()
  const idle = createConnection({ port: server.port, host: '127.0.0.1' })
  idle.on('error', () => undefined)
  t.teardown(() => idle.destroy())
  await once(idle, 'connect')
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const ended = once(polite.socket, 'close')
  const closing = server.close()
  await ended
  mock.timers.tick(2000)
  await closing
  t.equal(polite.end.code, 1001)
  t.same(
    gate.visits.map((visit) => visit.closedBy),
    ['node', 'node'],
  )
  t.equal(server.connections(), 0)
})

void t.test('a port in use rejects with the error of the system', async (t) => {
  const server = await startServer(t)
  const options = { host: '127.0.0.1', port: server.port, gate: fakeGate(), maxConnections: () => 1, log: silent }
  const pages = { workerBundle: () => Promise.resolve(undefined) }
  await t.rejects(startLinkServer({ ...options, pages }), { code: 'EADDRINUSE' })
})

void t.test('links that were not let in keep no device out: the one that has waited longest makes room', async (t) => {
  const server = await startServer(t, { maxConnections: () => 2 })
  const [first, second] = [await rawDevice(t, server.port), await rawDevice(t, server.port)]
  const device = await rawDevice(t, server.port)
  t.match(await device.greet(), { result: welcome })
  await first.ended()
  const other = await rawDevice(t, server.port)
  t.match(await other.greet(), { result: welcome })
  await second.ended()
  const third = await rawDevice(t, server.port)
  await third.ended()
  t.equal(third.end.code, closeCodes.full, 'those that are let in stay')
})

void t.test('an API server has little time, and few bytes, until it has said its token', async (t) => {
  const door = { cluster: {} as never, token: 'cluster-token', version: '0.1.0' }
  const server = await startServer(t, { door, limits: { helloTimeoutMs: 200 } })
  const quiet = await rawDevice(t, server.port, '/cluster')
  await quiet.ended()
  t.match(quiet.end, { code: closeCodes.badMessage, reason: 'no cluster.hello in time' })
  const lasting = await startServer(t, { door })
  const loud = await rawDevice(t, lasting.port, '/cluster')
  loud.socket.send('x'.repeat(1024 * 1024))
  await loud.ended()
  t.equal(loud.end.code, 1006, 'it is cut off')
  const known = await rawDevice(t, lasting.port, '/cluster')
  known.send({ id: 1, method: 'cluster.hello', params: { cluster_token: 'cluster-token', version: '0.1.0' } })
  await until('the answer', () => known.received.length > 0)
  known.send({ id: 2, method: 'cluster.call', params: { operation: 'none', input: 'x'.repeat(1024 * 1024) } })
  await until('the next one', () => known.received.length > 1)
  t.match(known.received, [{ result: { version: '0.1.0' } }, { error: { data: { code: 'CLUSTER_UNAVAILABLE' } } }])
})
