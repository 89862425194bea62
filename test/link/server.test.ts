import { once } from 'node:events'
import t from 'tap'
import { WebSocket } from 'ws'
import { closeCodes, SUBPROTOCOL } from '../../schemas/link.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import {
  failureOf,
  fakeGate,
  finished,
  hello,
  rawDevice,
  run,
  startServer,
  telemetry,
  until,
  welcome,
} from './link-world.ts'

void t.test('a device is welcomed, and what it says reaches its session in order', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  t.match(await device.greet(), { id: 1, result: welcome })
  device.send({ method: 'device.heartbeat', params: { telemetry } })
  device.send({ method: 'task.started', params: { task_id: 'task-1', epoch: 1, attempt: 1 } })
  const progress = { task_id: 'task-1', epoch: 1, attempt: 1, progress: 40.5, progress_message: null }
  device.send({ method: 'task.progress', params: progress })
  device.send({ id: 2, method: 'task.finished', params: finished })
  device.send({ id: 3, method: 'device.offer', params: { offer: hello().offer } })
  await until('the acknowledgements', () => device.received.length === 3)
  t.match(device.received.slice(1), [
    { id: 2, result: {} },
    { id: 3, result: {} },
  ])
  device.send({ method: 'device.goodbye', params: { reason: 'told to stop' } })
  device.socket.close(1000)
  await until('the session to end', () => gate.visits[0]?.closedBy !== undefined)
  t.same(
    gate.visits[0]?.calls.map(([method]) => method),
    ['hello', 'heartbeat', 'started', 'progress', 'finished', 'offer', 'goodbye'],
  )
  t.equal(gate.visits[0]?.closedBy, 'device')
  t.equal(gate.visits[0]?.link.address, '127.0.0.1')
})

void t.test('the first message must be a hello, and its answer be awaited', async (t) => {
  let welcomeNow: (result: typeof welcome) => void = () => undefined
  const gate = fakeGate({ hello: () => new Promise((resolve) => (welcomeNow = resolve)) })
  const server = await startServer(t, { gate })
  const early = await rawDevice(t, server.port)
  early.send({ method: 'device.heartbeat', params: { telemetry } })
  await early.ended()
  t.match(early.end, { code: closeCodes.badMessage, reason: /device\.hello/ })

  const hasty = await rawDevice(t, server.port)
  hasty.send({ id: 1, method: 'device.hello', params: hello() })
  hasty.send({ method: 'device.heartbeat', params: { telemetry } })
  await hasty.ended()
  t.equal(hasty.end.code, closeCodes.badMessage)

  const twice = await rawDevice(t, server.port)
  twice.send({ id: 1, method: 'device.hello', params: hello() })
  await until('the hello', () => gate.visits[2]?.calls.length === 1)
  welcomeNow(welcome)
  await until('the welcome', () => twice.received.length === 1)
  twice.send({ id: 2, method: 'device.hello', params: hello() })
  await twice.ended()
  t.match(twice.end, { code: closeCodes.badMessage, reason: /once/ })
})

void t.test('a device that says nothing is closed after the hello timeout', async (t) => {
  const server = await startServer(t, { limits: { helloTimeoutMs: 20 } })
  const device = await rawDevice(t, server.port)
  await device.ended()
  t.equal(device.end.code, closeCodes.badMessage)
})

void t.test('a bad message closes its own link only, and is told why', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const bystander = await rawDevice(t, server.port)
  await bystander.greet()
  const bad: Record<string, (device: Awaited<ReturnType<typeof rawDevice>>) => void> = {
    'a missing field': ({ send }) => send({ method: 'device.heartbeat', params: { more: 1 } }),
    'a wrong type in a component': ({ send }) =>
      send({ method: 'device.heartbeat', params: { telemetry: { ...telemetry, cpu_usage: '5' } } }),
    'no params': ({ send }) => send({ method: 'device.heartbeat' }),
    'a method of the other side': ({ send }) => send({ method: 'task.run', params: run }),
    'an id where none belongs': ({ send }) => send({ id: 9, method: 'device.heartbeat', params: { telemetry } }),
    'no id where one belongs': ({ send }) => send({ method: 'task.finished', params: finished }),
    'a call that is an answer': ({ send }) => send({ id: 9, method: 'task.finished', params: finished, result: {} }),
    'neither call nor answer': ({ send }) => send({ id: 9 }),
    'another version of JSON-RPC': ({ send }) => send({ jsonrpc: '1.0', method: 'device.goodbye', params: {} }),
    'broken JSON': ({ socket }) => socket.send('{'),
    'a binary frame': ({ socket }) => socket.send(Buffer.from('{}'), { binary: true }),
    'a nesting that exhausts stacks': ({ send }) => {
      let value: unknown = 0
      for (let depth = 0; depth < 2000; depth += 1) value = [value]
      send({ id: 9, method: 'task.finished', params: { ...finished, result: { ...finished.result, value } } })
    },
  }
  for (const [what, say] of Object.entries(bad)) {
    const device = await rawDevice(t, server.port)
    await device.greet()
    say(device)
    await device.ended()
    t.equal(device.end.code, closeCodes.badMessage, what)
    t.ok(device.end.reason, `${what}: ${device.end.reason ?? ''}`)
    const visit = gate.visits.at(-1)
    await until('the session to end', () => visit?.closedBy !== undefined)
    t.equal(visit?.closedBy, 'node')
    t.same(visit?.calls.length, 1, 'no handler saw it')
  }
  bystander.send({ method: 'device.heartbeat', params: { telemetry } })
  await until('the heartbeat', () => gate.visits[0]?.calls.length === 2)
  t.equal(server.connections(), 1)
})

void t.test('a message larger than the bound closes its own link only', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  await device.greet()
  device.socket.send('x'.repeat(8 * 1024 * 1024 + 1))
  await device.ended()
  await until('the session to end', () => gate.visits[0]?.closedBy !== undefined)
  t.equal(gate.visits[0]?.closedBy, 'node')
})

void t.test('an unknown request is answered with -32601, an unknown notification ignored', async (t) => {
  const server = await startServer(t)
  const device = await rawDevice(t, server.port)
  await device.greet()
  device.send({ method: 'device.from_the_future', params: {} })
  device.send({ id: 7, method: 'constructor', params: {} })
  await until('the answer', () => device.received.length === 2)
  t.match(device.received[1], { id: 7, error: { code: -32601 } })
})

void t.test('a refused hello is answered with its code, then the link is closed as refused', async (t) => {
  const refusal = new ClusterError('AUTHENTICATION_REQUIRED', { reason: 'the join token is not valid' })
  const server = await startServer(t, { gate: fakeGate({ hello: () => Promise.reject(refusal) }) })
  const device = await rawDevice(t, server.port)
  t.match(await device.greet(), {
    error: { code: -32000, data: { code: 'AUTHENTICATION_REQUIRED', details: refusal.details } },
  })
  await device.ended()
  t.match(device.end, { code: closeCodes.refused, reason: 'the join token is not valid' })
})

void t.test('a failure inside the node tells nothing of its cause', async (t) => {
  const gate = fakeGate({ finished: () => Promise.reject(new Error('SQLITE_IOERR /secret/path')) })
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  await device.greet()
  device.send({ id: 2, method: 'task.finished', params: finished })
  await until('the answer', () => device.received.length === 2)
  t.same(device.received[1], { jsonrpc: '2.0', id: 2, error: { code: -32603, message: 'internal error' } })
})

void t.test('the node asks a device, and learns of an answer that is late or never comes', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  await device.greet()
  const link = gate.visits[0]?.link
  const answered = link?.request('device.ping', {}, 60_000)
  await until('the ping', () => device.received.length === 2)
  device.send({ id: device.received[1]?.id, result: {} })
  t.same(await answered, {})

  t.equal(await failureOf(link?.request('device.ping', {}, 10)), 'timeout')
  await until('the ping that was answered too late', () => device.received.length === 3)
  device.send({ id: device.received[2]?.id, result: {} })

  const bad = link?.request('device.ping', {}, 60_000)
  await until('the ping', () => device.received.length === 4)
  device.send({ id: device.received[3]?.id, result: null })
  t.equal(await failureOf(bad), 'remote')
  await device.ended()
  t.equal(device.end.code, closeCodes.badMessage)
  t.equal(await failureOf(link?.request('device.ping', {}, 60_000)), 'closed')
  t.doesNotThrow(() => link?.notify('task.run', run), 'what is sent to a closed link is dropped')
})

void t.test('the domain closes a link with a code, and the device learns it', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  for (const code of [closeCodes.replaced, closeCodes.removed]) {
    const device = await rawDevice(t, server.port)
    await device.greet()
    const visit = gate.visits.at(-1)
    const asked = visit?.link.request('device.ping', {}, 60_000)
    visit?.link.close(code, `because ${'ä'.repeat(200)}`)
    t.equal(await failureOf(asked), 'closed')
    await device.ended()
    t.equal(device.end.code, code)
    t.match(device.end.reason, /^because ä{57}$/, 'cut to 123 bytes at a whole character')
    await until('the session to end', () => visit?.closedBy !== undefined)
    t.equal(visit?.closedBy, 'node')
  }
})

void t.test('a handshake that is not of this link is refused with a sentence', async (t) => {
  const server = await startServer(t)
  const refused = async (path: string, protocols: string[], headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, { headers })
    socket.on('error', () => undefined)
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      NodeJS.ReadableStream & { statusCode: number },
    ]
    let body = ''
    for await (const chunk of response) body += String(chunk)
    return { status: response.statusCode, body }
  }
  t.match(await refused('/link', []), { status: 400, body: /retire-cluster\.v1/ })
  t.match(await refused('/link', ['retire-cluster.v2']), { status: 400, body: /retire-cluster\.v1/ })
  t.match(await refused('/elsewhere', [SUBPROTOCOL]), { status: 404 })
  t.match(await refused('/link', [SUBPROTOCOL], { origin: 'https://evil.example' }), { status: 403 })
  const both = new WebSocket(`ws://127.0.0.1:${server.port}/link`, ['something.else', SUBPROTOCOL])
  await once(both, 'open')
  t.equal(both.protocol, SUBPROTOCOL)
  both.terminate()
})
