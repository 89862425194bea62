import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import t, { type Test } from 'tap'
import { checkNode } from '../../src/cli/device/doctor/node.ts'
import { checkNodes } from '../../src/cli/device/doctor/nodes.ts'
import { WrongKey } from '../../src/link/client/keep-connected.ts'
import { lookIn } from '../../src/link/client/look-in.ts'
import { makeCertificate } from './certificates.ts'
import { startServer } from './link-world.ts'

const { certificate, fingerprint } = await makeCertificate(t)
const other = await makeCertificate(t)

const listen = async (t: Test, server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const at = (port: number, pin?: string) => ({ host: '127.0.0.1', port, fingerprint: pin })

/** A node whose clock is so much ahead of ours. */
const ahead =
  (seconds: number): RequestListener =>
  (_request, response) => {
    response.setHeader('Date', new Date(Date.now() + seconds * 1000).toUTCString())
    response.end()
  }

void t.test('a node of ours is seen, over TLS by its key and plain without', async (t) => {
  const { port } = await startServer(t, { certificate })
  t.match(await lookIn(at(port, fingerprint), 60_000), { status: 200, aheadMs: Number })
  t.match(await checkNode(at(port, fingerprint)), [
    { check: 'network', state: 'ok', saw: /shows the right key/ },
    { check: 'clock', state: 'ok' },
  ])
  const plain = await startServer(t)
  t.match(await checkNode(at(plain.port)), [
    { state: 'ok', saw: /plain link/ },
    { check: 'clock', state: 'ok' },
  ])
})

void t.test('another key is told, and whoever shows it hears nothing', async (t) => {
  let heard = 0
  const port = await listen(
    t,
    createSecureServer({ ...other.certificate }, (_request, response) => {
      heard += 1
      response.end()
    }),
  )
  await t.rejects(lookIn(at(port, fingerprint), 60_000), WrongKey)
  t.match(await checkNode(at(port, fingerprint)), [{ state: 'failure', saw: /another key/, fix: /tokens create/ }])
  t.equal(heard, 0)
})

void t.test('a clock that is more than a minute off is told, and in which direction', async (t) => {
  const clockOf = async (seconds: number) =>
    (await checkNode(at(await listen(t, createPlainServer(ahead(seconds))))))[1]
  t.match(await clockOf(3600), { check: 'clock', state: 'warning', saw: /(3599|360[01]) s behind/, fix: /timedatectl/ })
  t.match(await clockOf(-3600), { state: 'warning', saw: /(3599|360[01]) s ahead of/ })
  t.match(await clockOf(30), { state: 'ok' })
})

void t.test('why a node cannot be reached is told by what there is to do', async (t) => {
  const free = createPlainServer()
  const port = await listen(t, free)
  await new Promise((resolve) => free.close(resolve))
  t.match(await checkNode(at(port)), [{ state: 'failure', saw: /Nothing listens/, fix: /--cluster-port/ }])
  const plain = await listen(t, createPlainServer(ahead(0)))
  t.match(await checkNode(at(plain, fingerprint)), [{ state: 'failure', saw: /does not speak TLS/ }])
  const speaksTls = await listen(
    t,
    createPlainServer((_request, response) => response.writeHead(400).end()),
  )
  t.match(await checkNode(at(speaksTls)), [{ state: 'failure', fix: /TOKEN\.FINGERPRINT/ }])
  const unknown = { host: 'no-such-host.invalid', port: 8080, fingerprint: undefined }
  t.match(await checkNode(unknown), [{ state: 'failure', saw: /cannot be resolved/, fix: /in numbers/ }])
  const silent = await listen(
    t,
    createPlainServer(() => undefined),
  )
  await t.rejects(lookIn(at(silent), 100), { code: 'ETIMEDOUT' })
})

void t.test('of several nodes each is looked at; while one answers the others are a warning', async (t) => {
  const { port } = await startServer(t, { certificate })
  const gone = await startServer(t)
  await gone.close()
  const [there, silent] = [at(port, fingerprint), at(gone.port, other.fingerprint)]
  t.match(await checkNodes([silent, there, there]), [
    { state: 'warning', saw: /Nothing listens at .* Another node answers\./, fix: /--cluster-port/ },
    { check: 'network', state: 'ok', saw: /shows the right key/ },
    { check: 'network', state: 'ok' },
    { check: 'clock', state: 'ok' },
  ])
  t.match(await checkNodes([silent, silent]), [{ state: 'failure' }, { state: 'failure' }])
  t.strictSame(await checkNodes([silent]), await checkNode(silent))
})
