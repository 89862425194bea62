import fastify from 'fastify'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import bodyTime from '../../src/api/plugins/body-time.ts'

/** A server that gives bodies 50 ms, but for those of `/slow`; sends the half of one, and the rest 300 ms after that has come. */
const sendSlowly = async (t: Test, path: string): Promise<string> => {
  const late: string[] = []
  const app = fastify({
    clientErrorHandler: ({ code }, socket) => {
      late.push(code)
      socket.destroy()
    },
  })
  t.teardown(() => app.close())
  await app.register(bodyTime, { ms: 50 })
  app.post('/slow', (request) => request.body)
  let rest: NodeJS.Timeout | undefined
  app.addHook('preParsing', (request, _reply, payload, next) => {
    if (request.url === '/slow') request.bodyDeadline?.lift()
    rest = setTimeout(() => socket.write('ue'), 300)
    next(null, payload)
  })
  app.post('/', (request) => request.body)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (piece: Buffer) => (answer += piece.toString())).on('error', () => undefined)
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json`
  socket.write(`${head}\r\nContent-Length: 4\r\n\r\ntr`)
  await once(socket, 'close')
  clearTimeout(rest)
  return late.join() || answer
}

void t.test('a body has to come in time, unless its route lets it take longer', async (t) => {
  t.equal(await sendSlowly(t, '/'), 'ERR_HTTP_REQUEST_TIMEOUT')
  t.match(await sendSlowly(t, '/slow'), /^HTTP\/1\.1 200 .*true$/s)
})
