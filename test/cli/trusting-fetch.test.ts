import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { trustingFetch } from '../../src/cli/client/trusting-fetch.ts'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { temporaryDirectory } from './programs.ts'

void t.test('an answer with a status that no Response has is an error of the call, not of the process', async (t) => {
  const { cert, key } = await ownCertificate(temporaryDirectory(t))()
  const server = createServer({ cert, key }, ({ url = '' }, response) => {
    response.writeHead(Number(url.slice(1))).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const ask = (status: number) => trustingFetch({ pin: undefined, ca: cert })(`https://127.0.0.1:${port}/${status}`)
  for (const status of [200, 204, 205, 304]) t.equal((await ask(status)).status, status)
  await t.rejects(ask(999), { name: 'RangeError' })
})

void t.test('bytes, a Blob and a stream are sent as they are, and how long they are where that is known', async (t) => {
  const { cert, key } = await ownCertificate(temporaryDirectory(t))()
  const server = createServer({ cert, key }, (request, response) => {
    void text(request).then((sent) => response.end(`${request.headers['content-length'] ?? 'unknown'} ${sent}`))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const send = async (body: RequestInit['body']) => {
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    return (await trustingFetch({ pin: undefined, ca: cert })(`https://127.0.0.1:${port}/`, init)).text()
  }
  t.equal(await send('text'), '4 text')
  t.equal(await send(Uint8Array.from(Buffer.from('bytes'))), '5 bytes')
  t.equal(await send(new Blob(['of a blob'])), '9 of a blob')
  t.equal(await send(new Blob([])), '0 ')
  t.equal(await send(new Blob(['of a stream']).stream()), 'unknown of a stream')
})
