import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { linkMethods, type RpcMessage } from '../../schemas/link.ts'
import { createPeer } from '../../src/link/rpc.ts'
import { silent, until } from './link-world.ts'

void t.test('what is said in one turn is held back until its end, and goes out in order', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  t.teardown(() => server.close())
  await once(server, 'listening')
  const received: RpcMessage[] = []
  server.on('connection', (socket) =>
    socket.on('message', (frame: Buffer) => received.push(JSON.parse(frame.toString()) as RpcMessage)),
  )
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await once(socket, 'open')
  const held: string[] = []
  const transport = { cork: () => held.push('cork'), uncork: () => held.push('uncork') }
  const peer = createPeer({
    socket,
    transport,
    methods: linkMethods,
    local: 'node',
    remote: 'device',
    handlers: {} as never,
    log: silent,
    onEnd: () => undefined,
  })
  t.teardown(() => peer.terminate())
  const say = (task_id: string) => peer.notify('task.cancel', { task_id, epoch: 1, attempt: 1 })
  for (const task_id of ['one', 'two', 'three']) say(task_id)
  t.strictSame(held, ['cork'])
  await until('all came', () => received.length === 3)
  t.strictSame(held, ['cork', 'uncork'])
  say('four')
  await until('the next came', () => received.length === 4)
  t.strictSame(held, ['cork', 'uncork', 'cork', 'uncork'])
  t.strictSame(
    received.map(({ params }) => (params as { task_id: string }).task_id),
    ['one', 'two', 'three', 'four'],
  )
})
