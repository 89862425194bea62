/** Ends of different builds: what one of them does not know, and what the first builds would not bear. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type TSchema, Type } from '@sinclair/typebox'
import { WebSocket, WebSocketServer } from 'ws'
import { resolve } from '../../schemas/component.ts'
import {
  FIRST_SUBPROTOCOL,
  type LinkMethod,
  linkMessage,
  linkMethods,
  type RpcMessage,
  SUBPROTOCOL,
} from '../../schemas/link.ts'
import { fixedAt, keepConnected } from '../../src/link/client/keep-connected.ts'
import { fieldsKnownBy, firstFields, type MessageFields } from '../../src/link/first-build.ts'
import { type Fields, fieldsOf } from '../../src/link/known-fields.ts'
import { createPeer } from '../../src/link/rpc.ts'
import {
  failureOf,
  fakeGate,
  finished,
  hello,
  rawDevice,
  silent,
  startServer,
  telemetry,
  until,
  welcome,
} from './link-world.ts'

const newer = { mood: 'good' }

void t.test('what a newer worker says beyond what the node knows is dropped, at every depth', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  const { profile, offer } = hello()
  device.send({
    id: 1,
    method: 'device.hello',
    params: {
      ...hello({ running: [{ task_id: 'task-1', epoch: 1, attempt: 1, ...newer }] }),
      profile: { ...profile, platform: { ...profile.platform, ...newer }, ...newer },
      offer: { ...offer, custom_types: [{ task_type: 'mine', description: '', payload_schema: newer, ...newer }] },
      ...newer,
    },
  })
  await until('the welcome', () => device.received.length > 0)
  device.send({ method: 'device.heartbeat', params: { telemetry: { ...telemetry, ...newer }, ...newer } })
  device.send({
    id: 2,
    method: 'task.finished',
    params: { ...finished, result: { ...finished.result, value: newer, ...newer } },
  })
  await until('the acknowledgement', () => device.received.length === 2)
  t.same(gate.visits[0]?.calls, [
    [
      'hello',
      hello({
        running: [{ task_id: 'task-1', epoch: 1, attempt: 1 }],
        offer: { ...offer, custom_types: [{ task_type: 'mine', description: '', payload_schema: newer }] },
      }),
    ],
    ['heartbeat', telemetry],
    ['finished', { ...finished, result: { ...finished.result, value: newer } }],
  ])
})

void t.test('a field that is missing or wrong stays so, whatever comes beside it', async (t) => {
  const gate = fakeGate()
  const server = await startServer(t, { gate })
  const device = await rawDevice(t, server.port)
  await device.greet()
  device.send({ method: 'device.heartbeat', params: { telemetry: { ...telemetry, cpu_usage: '5', ...newer } } })
  await device.ended()
  t.match(device.end.reason, /cpu_usage/)
})

/** A node that answers every message as `answers` says. */
const playNode = async (
  t: Test,
  choose: (offered: Set<string>) => string,
  answers: (message: RpcMessage) => object[],
) => {
  const node = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: choose })
  await once(node, 'listening')
  t.teardown(() => {
    for (const socket of node.clients) socket.terminate()
    node.close()
  })
  const received: RpcMessage[] = []
  node.on('connection', (socket) =>
    socket.on('message', (frame: Buffer) => {
      const message = JSON.parse(frame.toString()) as RpcMessage
      received.push(message)
      for (const answer of answers(message)) socket.send(JSON.stringify({ jsonrpc: '2.0', ...answer }))
    }),
  )
  return { port: (node.address() as AddressInfo).port, received }
}

void t.test('what a newer node says beyond what the worker knows is dropped', async (t) => {
  const node = await playNode(
    t,
    () => SUBPROTOCOL,
    ({ method, id }) =>
      method === 'device.hello'
        ? [
            { id, result: { ...welcome, settings: { ...welcome.settings, ...newer }, ...newer } },
            { method: 'device.from_the_future', params: newer },
            { method: 'config.changed', params: { ...welcome.settings, heartbeat_interval: 7, ...newer } },
          ]
        : [],
  )
  const told: unknown[] = []
  const connection = keepConnected({
    node: fixedAt({ host: '127.0.0.1', port: node.port, fingerprint: undefined }),
    hello: () => Promise.resolve(hello()),
    onWelcome: (result) => told.push(result),
    onRefused: () => undefined,
    handlers: {
      'task.run': () => undefined,
      'task.cancel': () => undefined,
      'config.changed': (settings) => told.push(settings),
    },
    log: silent,
  })
  t.teardown(() => connection.close())
  await until('both', () => told.length === 2)
  t.same(told, [welcome, { ...welcome.settings, heartbeat_interval: 7 }])
  t.ok(connection.connected())
})

void t.test(
  'a node that does not know a method says so, and hears a new hello where the worker wants that',
  async (t) => {
    const node = await playNode(
      t,
      () => SUBPROTOCOL,
      ({ method, id }) =>
        method === 'device.hello'
          ? [{ id, result: welcome }]
          : method === 'device.offer'
            ? [{ id, error: { code: -32_601, message: 'method not found' } }]
            : [],
    )
    let welcomes = 0
    const connection = keepConnected({
      node: fixedAt({ host: '127.0.0.1', port: node.port, fingerprint: undefined }),
      hello: () => Promise.resolve(hello()),
      onWelcome: () => (welcomes += 1),
      onRefused: () => undefined,
      handlers: { 'task.run': () => undefined, 'task.cancel': () => undefined, 'config.changed': () => undefined },
      log: silent,
    })
    t.teardown(() => connection.close())
    connection.renew()
    await until('the welcome', () => welcomes === 1)
    const { offer } = hello()
    t.equal(await failureOf(connection.request('device.offer', { offer }, 60_000)), 'unknown')
    connection.renew()
    await until('the second welcome', () => welcomes === 2)
    t.strictSame(
      node.received.map(({ method }) => method),
      ['device.hello', 'device.offer', 'device.hello'],
    )
  },
)

void t.test('the best subprotocol that both know is spoken', async (t) => {
  const server = await startServer(t)
  for (const [offered, chosen] of [
    [[SUBPROTOCOL, FIRST_SUBPROTOCOL], SUBPROTOCOL],
    [[FIRST_SUBPROTOCOL, SUBPROTOCOL], SUBPROTOCOL],
    [[FIRST_SUBPROTOCOL], FIRST_SUBPROTOCOL],
    [['retire-cluster.v1.9', SUBPROTOCOL, FIRST_SUBPROTOCOL], SUBPROTOCOL],
  ] as const) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/link`, [...offered])
    await once(socket, 'open')
    t.equal(socket.protocol, chosen)
    socket.terminate()
  }
})

void t.test('towards a build of the first kind, what it does not know is left out', async (t) => {
  const attempt = { task_id: 'task-1', epoch: 1, attempt: 1 }
  // Messages of later builds: a field more in a notification, in a request and in an answer.
  const mood = Type.Optional(Type.String())
  const withMood = linkMessage('With a field of later.', {
    task_id: Type.String(),
    epoch: Type.Integer(),
    attempt: Type.Integer(),
    mood,
  })
  const later = {
    'task.cancel': { from: 'node', params: withMood, result: null },
    'device.ping': { from: 'device', params: linkMessage('Nothing but a field of later.', { mood }), result: withMood },
  } as const satisfies Record<string, LinkMethod>

  for (const [subprotocol, expected] of [
    [FIRST_SUBPROTOCOL, [attempt, {}]],
    [
      SUBPROTOCOL,
      [
        { ...attempt, ...newer },
        { ...attempt, ...newer },
      ],
    ],
  ] as const) {
    const other = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => subprotocol })
    await once(other, 'listening')
    const received: RpcMessage[] = []
    other.on('connection', (socket) => {
      socket.on('message', (frame: Buffer) => received.push(JSON.parse(frame.toString()) as RpcMessage))
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'device.ping', params: {} }))
    })
    t.teardown(() => other.close())
    const socket = new WebSocket(`ws://127.0.0.1:${(other.address() as AddressInfo).port}`, [subprotocol])
    const peer = createPeer({
      socket,
      methods: later,
      local: 'node',
      remote: 'device',
      handlers: { 'device.ping': () => ({ ...attempt, ...newer }) },
      known: fieldsKnownBy(subprotocol),
      log: silent,
      onEnd: () => undefined,
    })
    t.teardown(() => peer.terminate())
    await once(socket, 'open')
    peer.notify('task.cancel', { ...attempt, ...newer })
    await until('both', () => received.length === 2)
    t.same(received.find(({ method }) => method === 'task.cancel')?.params, expected[0], subprotocol)
    t.same(received.find(({ id }) => id === 1)?.result, expected[1], subprotocol)
  }
})

/** What is wrong with an addition: a field of the first builds that is gone, or one of later that has to be there. */
const breaches = (schema: TSchema, first: Fields, path: string): string[] => {
  if (schema.$ref !== undefined) return breaches(resolve(schema), first, path)
  const arm = ((schema.anyOf ?? []) as TSchema[]).find(({ type }) => type !== 'null')
  if (arm !== undefined) return breaches(arm, first, path)
  if (schema.type === 'array') return breaches(schema.items as TSchema, first, `${path}[]`)
  if (first === true) return fieldsOf(schema) === true ? [] : [`${path} has become an object of known fields`]
  const properties = (schema.properties ?? {}) as Record<string, TSchema>
  const required = (schema.required ?? []) as string[]
  return [
    ...Object.keys(first)
      .filter((name) => !Object.hasOwn(properties, name))
      .map((name) => `${path}.${name} is gone`),
    ...required.filter((name) => !Object.hasOwn(first, name)).map((name) => `${path}.${name} is not optional`),
    ...Object.entries(properties).flatMap(([name, property]) => {
      const within = Object.hasOwn(first, name) ? first[name] : undefined
      return within === undefined ? [] : breaches(property, within, `${path}.${name}`)
    }),
  ]
}

void t.test('every field that came later is optional, and none of the first has gone', (t) => {
  const first: MessageFields = firstFields
  const now: Readonly<Record<string, LinkMethod>> = linkMethods
  for (const [name, { params, result }] of Object.entries(first)) {
    const method = now[name]
    if (method === undefined) throw new Error(`${name} is gone`)
    t.same(breaches(method.params, params, name), [])
    if (method.result !== null) t.same(breaches(method.result, result, `answer to ${name}`), [])
  }
  t.same(breaches(linkMessage('', { fresh: Type.String() }), { old: true }, 'x'), [
    'x.old is gone',
    'x.fresh is not optional',
  ])
  t.end()
})
