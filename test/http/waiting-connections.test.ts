import { createServer, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { boundWaiting } from '../../src/http/waiting-connections.ts'
import { makeCertificate } from '../link/certificates.ts'
import { until } from '../start-cluster.ts'

/** A server that answers `/late` when the test says so, and whose connections are opened one after the other. */
const start = async (t: Test, most: number) => {
  const late: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/late') late.push(response)
    else response.end('now')
  })
  boundWaiting(server, most)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const open = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.on('error', () => undefined)
    await Promise.all([once(server, 'connection'), once(socket, 'connect')])
    return socket
  }
  const ask = async (socket: Socket, path: string) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    if (path === '/late') await once(server, 'request')
    else await once(socket, 'data')
  }
  return { open, ask, late }
}

void t.test(
  'of connections that wait for a request, the one that waited longest is closed for a new one',
  async (t) => {
    const { open } = await start(t, 2)
    const [first, second] = [await open(), await open()]
    const closed = once(first.resume(), 'close')
    const third = await open()
    await closed
    t.notOk(second.destroyed || third.destroyed)
  },
)

void t.test('one on which something is being asked does not count, however long that takes', async (t) => {
  const { open, ask, late } = await start(t, 1)
  const busy = await open()
  await ask(busy, '/late')
  const waiting = await open()
  const closed = once(waiting.resume(), 'close')
  await open()
  await closed
  late[0]?.end('at last')
  const [answer] = (await once(busy, 'data')) as [Buffer]
  t.match(answer.toString(), /at last/)
})

void t.test('one that was answered waits again, behind those that came before', async (t) => {
  const { open, ask } = await start(t, 2)
  const [first, second] = [await open(), await open()]
  await ask(first, '/now')
  const closed = once(second.resume(), 'close')
  await open()
  await closed
  t.notOk(first.destroyed, 'it has asked since')
  await open()
  await until('the longest to wait is closed', () => Promise.resolve(first.resume().destroyed || undefined))
})

void t.test('a TLS handshake that is never done waits like any other, and a request on TLS does not', async (t) => {
  const { certificate } = await makeCertificate(t)
  const late: ServerResponse[] = []
  const server = createSecureServer(certificate, (_request, response) => void late.push(response))
  boundWaiting(server, 2)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const busy = connectSecurely({
    port,
    host: '127.0.0.1',
    ca: certificate.cert,
    servername: 'localhost',
    checkServerIdentity: () => undefined,
  })
  t.teardown(() => busy.destroy())
  busy.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(server, 'request')
  const silent: Socket[] = []
  for (let n = 0; n < 5; n += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    t.teardown(() => socket.destroy())
    silent.push(socket.resume())
    await once(server, 'connection')
  }
  await until('three are closed', () =>
    Promise.resolve(silent.filter(({ destroyed }) => destroyed).length === 3 || undefined),
  )
  late[0]?.end('at last')
  const [answer] = (await once(busy, 'data')) as [Buffer]
  t.match(answer.toString(), /at last/)
})
