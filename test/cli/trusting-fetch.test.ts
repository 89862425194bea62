import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
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
