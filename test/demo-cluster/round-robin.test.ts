import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { openRoundRobin } from '../../scripts/demo-cluster/round-robin.ts'
import { ask } from '../contract/ask.ts'
import { ownPort } from '../faults/ports.ts'

const listen = async (t: Test, listener: RequestListener): Promise<number> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const openBefore = async (t: Test, ports: readonly number[]): Promise<string> => {
  const front = await openRoundRobin(ports)
  t.teardown(() => front.close())
  return `http://127.0.0.1:${front.port}`
}

void t.test('requests go to the nodes in turn, past one that nobody listens for, and whole', async (t) => {
  const saying =
    (name: string): RequestListener =>
    (request, response) => {
      request.setEncoding('utf8').once('data', (body: string) => {
        response.writeHead(201, { 'X-Node': name, 'Content-Type': 'text/plain' })
        response.end(`${name} ${request.method} ${request.url} ${String(request.headers['x-of'])} ${body}`)
      })
    }
  const port = await ownPort()
  const url = await openBefore(t, [await listen(t, saying('one')), port, await listen(t, saying('two'))])
  const post = { method: 'POST', path: '/a?b=c', headers: { 'X-Of': 'the caller' }, body: 'hello' }
  for (const name of ['one', 'two', 'one', 'two'])
    t.match(await ask(url, post), {
      status: 201,
      headers: { 'x-node': name, 'content-type': 'text/plain' },
      text: `${name} POST /a?b=c the caller hello`,
    })
})

void t.test('what was sent to a node that dies is sent to no other: it may have been done', async (t) => {
  let asked = 0
  const dying = await listen(t, ({ socket }) => {
    asked += 1
    socket.destroy()
  })
  const url = await openBefore(t, [dying, dying])
  await t.rejects(ask(url, { method: 'POST', path: '/', body: 'once' }), { code: 'ECONNRESET' })
  t.equal(asked, 1)
})

void t.test(
  'an answer comes before the body where it does not wait for one, and a caller that goes away is let go',
  async (t) => {
    const refusing = await listen(t, (_, response) => response.writeHead(413).end())
    const announced = { method: 'POST', path: '/', headers: { 'content-length': '1000000' }, holdsBack: true }
    t.equal((await ask(await openBefore(t, [refusing]), announced)).status, 413)

    const { promise: left, resolve } = Promise.withResolvers<unknown>()
    const streaming = await listen(t, (_, response) => {
      response.write('first')
      response.once('close', () => resolve(true))
    })
    const url = await openBefore(t, [streaming])
    const leaving = new AbortController()
    const { body } = await fetch(url, { signal: leaving.signal })
    t.same(await body?.getReader().read(), { done: false, value: Buffer.from('first') })
    leaving.abort()
    t.equal(await left, true)
  },
)
