import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { closeCodes, type RpcMessage } from '../../schemas/link.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { type ConnectOptions, fixedAt, keepConnected, type WrongKey } from '../../src/link/client/keep-connected.ts'
import {
  failureOf,
  fakeGate,
  finished,
  freezableProxy,
  hello,
  run,
  silent,
  startServer,
  telemetry,
  until,
  welcome,
} from './link-world.ts'

/** A connection that notes what it is told, and ends with the test. */
const connect = (t: Test, port: number, more: Partial<ConnectOptions> = {}) => {
  const told: [what: string, params?: unknown][] = []
  const refusals: (ClusterError | WrongKey)[] = []
  const connection = keepConnected({
    node: fixedAt({ host: '127.0.0.1', port, fingerprint: undefined }),
    hello: () => Promise.resolve(hello()),
    onWelcome: (result) => told.push(['welcome', result]),
    onRefused: (refusal) => refusals.push(refusal),
    handlers: {
      'task.run': (params) => told.push(['run', params]),
      'task.cancel': (params) => told.push(['cancel', params]),
      'config.changed': (params) => told.push(['config', params]),
    },
    log: silent,
    ...more,
  })
  t.teardown(() => connection.close())
  return { connection, told, refusals, names: () => told.map(([what]) => what) }
}

void t.test('a worker is welcomed, does as it is told, and is heard', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const { connection, told, names } = connect(t, server.port)
  t.equal(connection.connected(), false)
  t.equal(connection.notify('device.heartbeat', { telemetry }), false, 'what is said before the welcome is dropped')
  t.equal(await failureOf(connection.request('task.finished', finished, 1000)), 'closed')
  await until('the welcome', connection.connected)
  const link = gate.visits[0]?.link
  const settings = { ...welcome.settings, heartbeat_interval: 5 }
  link?.notify('task.run', run)
  link?.notify('task.cancel', { task_id: 'task-1', epoch: 1, attempt: 1 })
  link?.notify('config.changed', settings)
  t.same(await link?.request('device.ping', {}, 60_000), {}, 'pings are answered')
  t.same(told, [
    ['welcome', welcome],
    ['run', run],
    ['cancel', { task_id: 'task-1', epoch: 1, attempt: 1 }],
    ['config', settings],
  ])
  t.equal(connection.notify('device.heartbeat', { telemetry }), true)
  t.same(await connection.request('task.finished', finished, 60_000), {})
  await connection.close({ reason: 'told to stop' })
  t.equal(connection.connected(), false)
  await until('the session to end', () => gate.visits[0]?.closedBy !== undefined)
  t.equal(gate.visits[0]?.closedBy, 'device')
  t.same(names(), ['welcome', 'run', 'cancel', 'config'])
  t.same(
    gate.visits[0]?.calls.map(([method]) => method),
    ['hello', 'heartbeat', 'finished', 'goodbye'],
  )
})

void t.test('what the node says before its welcome arrives waits for it', async (t) => {
  const gate = fakeGate({
    hello: () => {
      gate.visits[0]?.link.notify('task.run', run)
      return Promise.resolve(welcome)
    },
  })
  const server = await startServer(t, { gate })
  const { names } = connect(t, server.port)
  await until('both', () => names().length === 2)
  t.same(names(), ['welcome', 'run'])
})

void t.test('an error of the contract crosses the link with its code and details', async (t) => {
  const full = new ClusterError('STORAGE_FULL', { reason: 'no room', limit_bytes: 5 })
  const server = await startServer(t, { gate: fakeGate({ finished: () => Promise.reject(full) }) })
  const { connection } = connect(t, server.port)
  await until('the welcome', connection.connected)
  await t.rejects(connection.request('task.finished', finished, 60_000), {
    name: 'ClusterError',
    code: 'STORAGE_FULL',
    details: full.details,
  })
})

void t.test('a message that is not valid or too large is not sent, and the link stays', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const { connection } = connect(t, server.port)
  await until('the welcome', connection.connected)
  const deep = JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown
  const withResult = (more: object) => ({ ...finished, result: { ...finished.result, ...more } })
  t.equal(await failureOf(connection.request('task.finished', withResult({ value: deep }), 60_000)), 'invalid')
  t.equal(await failureOf(connection.request('task.finished', withResult({ exit_code: 1.5 }), 60_000)), 'invalid')
  const large = withResult({ value: 'x'.repeat(9 * 1024 * 1024) })
  t.equal(await failureOf(connection.request('task.finished', large, 60_000)), 'too_large')
  t.equal(connection.notify('device.goodbye', { reason: 'x'.repeat(257) }), false)
  t.same(await connection.request('task.finished', finished, 60_000), {})
  t.equal(gate.visits.length, 1)
})

void t.test('a request that waits for its answer is rejected when the connection is lost', async (t) => {
  const gate = fakeGate({ finished: () => new Promise(() => undefined) })
  const server = await startServer(t, { gate })
  const { connection } = connect(t, server.port)
  await until('the welcome', connection.connected)
  const asked = connection.request('task.finished', finished, 60_000)
  asked.catch(() => undefined)
  await until('the request', () => gate.visits[0]?.calls.length === 2)
  await server.close()
  t.equal(await failureOf(asked), 'closed')
})

void t.test('a worker comes back by itself when its node does, with a hello made afresh', async (t) => {
  const before = fakeGate()
  const server = await startServer(t, { gate: before })
  let hellos = 0
  const { connection, names } = connect(t, server.port, {
    hello: () => Promise.resolve(hello({ role: `role-${++hellos}` })),
  })
  await until('the welcome', connection.connected)
  await server.close()
  await until('the loss', () => !connection.connected())
  const after = fakeGate()
  await startServer(t, { gate: after, port: server.port })
  await until('the second welcome', connection.connected)
  t.match(after.visits[0]?.calls[0], ['hello', { role: 'role-2' }])
  t.same(names(), ['welcome', 'welcome'])
})

void t.test('it is dialled where the node is by now, and told how that went', async (t) => {
  const server = await startServer(t)
  const fared: string[] = []
  let port = 1
  const { connection } = connect(t, port, {
    node: {
      ...fixedAt({ host: '127.0.0.1', port, fingerprint: undefined }),
      endpoint: () => ({ host: '127.0.0.1', port, fingerprint: undefined }),
      missed: () => {
        fared.push('missed')
        port = server.port
      },
      met: () => fared.push('met'),
      close: () => fared.push('close'),
    },
  })
  await until('the welcome', connection.connected)
  await connection.close()
  t.strictSame(fared, ['missed', 'met', 'close'])
})

void t.test('a refusal ends the attempts, and is told once', async (t) => {
  for (const code of ['AUTHENTICATION_REQUIRED', 'PERMISSION_DENIED'] as const) {
    const gate = fakeGate({ hello: () => Promise.reject(new ClusterError(code, { reason: 'not you' })) })
    const server = await startServer(t, { gate })
    const { connection, refusals } = connect(t, server.port)
    await until('the refusal', () => refusals.length > 0)
    await until('the link to end', () => server.connections() === 0)
    t.match(refusals, [{ code, details: { reason: 'not you' } }])
    t.equal(refusals.length, 1)
    t.equal(gate.visits.length, 1)
    await connection.close()
  }
})

void t.test('a device that was removed learns it and does not come back', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const { connection, refusals } = connect(t, server.port)
  await until('the welcome', connection.connected)
  gate.visits[0]?.link.close(closeCodes.removed, 'the device was removed from the cluster')
  await until('the refusal', () => refusals.length > 0)
  t.match(refusals[0], { code: 'PERMISSION_DENIED', details: { reason: 'the device was removed from the cluster' } })
  t.equal(connection.connected(), false)
})

void t.test('a device that is replaced, not let in for now, or failed inside the node tries again', async (t) => {
  let failures = 0
  const gate = fakeGate({
    hello: () => (++failures === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(welcome)),
  })
  let room = 0
  const server = await startServer(t, { gate, maxConnections: () => room++ })
  const { connection, refusals } = connect(t, server.port)
  await until('the welcome', connection.connected)
  gate.visits[1]?.link.close(closeCodes.replaced, 'replaced')
  await until('the third visit', () => gate.visits.length === 3 && connection.connected())
  t.same(refusals, [])
})

void t.test('a worker whose network went silent gives the connection up, and comes back', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate, limits: { pingIntervalMs: 20 } })
  const proxy = await freezableProxy(t, server.port)
  const { connection } = connect(t, proxy.port, {
    limits: { silenceMs: 200, handshakeTimeoutMs: 200, helloTimeoutMs: 200 },
  })
  await until('the welcome', connection.connected)
  proxy.freeze()
  await until('the loss', () => !connection.connected())
  proxy.thaw()
  await until('the second welcome', connection.connected)
  t.ok(gate.visits.length >= 2)
})

void t.test(
  'a worker whose address has changed comes back, though its node still takes it for connected',
  async (t) => {
    const gate = fakeGate()
    const server = await startServer(t, { gate })
    const proxy = await freezableProxy(t, server.port)
    const { connection } = connect(t, proxy.port, {
      limits: { silenceMs: 200, handshakeTimeoutMs: 200, helloTimeoutMs: 200 },
    })
    await until('the welcome', connection.connected)
    // It may have tried several times before.
    const visit = gate.visits.at(-1)
    proxy.freeze()
    await until('the loss', () => !connection.connected())
    proxy.moveTo('127.0.0.2')
    proxy.thaw()
    await until('the second welcome', connection.connected)
    t.equal(visit?.closedBy, undefined)
    t.equal(gate.visits.at(-1)?.link.address, '127.0.0.2')
  },
)

void t.test('a hello that cannot be made is tried again', async (t) => {
  const server = await startServer(t)
  let tries = 0
  const { connection } = connect(t, server.port, {
    hello: () => (++tries === 1 ? Promise.reject(new Error('no profile')) : Promise.resolve(hello())),
  })
  await until('the welcome', connection.connected)
  t.equal(tries, 2)
})

void t.test('the sentence with which a handshake is refused stands in the log', async (t) => {
  const other = createHttpServer((_request, response) => response.writeHead(404).end('this is another server'))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const warnings: object[] = []
  const log = { ...silent, warn: (fields: object) => void warnings.push(fields) }
  const { connection } = connect(t, (other.address() as AddressInfo).port, { log })
  await until('the warning', () => warnings.length > 0)
  t.match(warnings[0], { reason: 'HTTP 404: this is another server' })
  await connection.close()
})

void t.test('a node that breaks the protocol loses this connection only', async (t) => {
  const node = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(node, 'listening')
  t.teardown(() => node.close())
  const codes: number[] = []
  node.on('connection', (socket: WebSocket) => {
    socket.on('message', (frame: Buffer) => {
      const { id } = JSON.parse(frame.toString()) as RpcMessage
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: { ...welcome, device_id: 5 } }))
    })
    socket.on('close', (code) => codes.push(code))
  })
  const { connection } = connect(t, (node.address() as AddressInfo).port)
  await until('two attempts', () => codes.length >= 2)
  t.equal(codes[0], closeCodes.badMessage)
  t.equal(connection.connected(), false)
  await connection.close()
})

void t.test('a connection can be closed at every stage', async (t) => {
  const server = await startServer(t, { gate: fakeGate({ hello: () => new Promise(() => undefined) }) })
  const connecting = connect(t, server.port)
  await connecting.connection.close()
  const greeting = connect(t, server.port)
  await until('the hello', () => server.connections() === 1)
  await greeting.connection.close({ reason: 'enough' })
  await until('the link to end', () => server.connections() === 0)
  const { port } = server
  await server.close()
  const failing = connect(t, port)
  await failing.connection.close()
  t.equal(failing.connection.connected(), false)
})
