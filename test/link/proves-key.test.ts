import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import t, { type Test } from 'tap'
import { provesKey } from '../../src/link/client/proves-key.ts'
import { makeCertificate } from './certificates.ts'
import { fakeGate, startServer } from './link-world.ts'

const { certificate, fingerprint } = await makeCertificate(t)
const other = await makeCertificate(t)

const asked = (port: number, { timeoutMs = 60_000, signal = new AbortController().signal } = {}) =>
  provesKey({ host: '127.0.0.1', port, fingerprint }, { timeoutMs, signal })

const listen = async (t: Test, server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

void t.test('a node proves its key, and hears nothing of a device', async (t) => {
  const gate = fakeGate()
  const node = await startServer(t, { gate, certificate })
  t.equal(await asked(node.port), true)
  t.equal(gate.visits.length, 0)
})

void t.test('a stranger with another key does not, and is told not one byte', async (t) => {
  const heard: Buffer[] = []
  const over = Promise.withResolvers<unknown>()
  const stranger = createTlsServer(other.certificate, (socket) => {
    socket.on('data', (bytes: Buffer) => void heard.push(bytes))
    socket.on('error', () => undefined)
    socket.on('close', over.resolve)
  })
  // Who hangs up as soon as the key was shown may be gone before the handshake has ended on this side.
  stranger.on('tlsClientError', over.resolve)
  const port = await listen(t, stranger)
  t.equal(await asked(port), false)
  await over.promise
  t.strictSame(heard, [])
})

void t.test('who speaks no TLS, hangs up, or is not there does not', async (t) => {
  const plain = await startServer(t)
  t.equal(await asked(plain.port), false)
  const rude = createTcpServer((socket) => socket.destroy())
  const port = await listen(t, rude)
  t.equal(await asked(port), false)
  await new Promise((resolve) => rude.close(resolve))
  t.equal(await asked(port), false)
})

void t.test('who says nothing is waited for so long, and no longer than somebody wants to know', async (t) => {
  const port = await listen(
    t,
    createTcpServer((socket) => socket.on('error', () => undefined).resume()),
  )
  t.equal(await asked(port, { timeoutMs: 50 }), false)
  const over = new AbortController()
  const answer = asked(port, { timeoutMs: 600_000, signal: over.signal })
  over.abort()
  t.equal(await answer, false)
  t.equal(await asked(port, { timeoutMs: 600_000, signal: over.signal }), false)
})
