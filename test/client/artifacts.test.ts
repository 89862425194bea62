import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { ClusterClient } from '../../src/client/index.ts'

const CONTENT = Buffer.from('what a file contains, and a bit more')
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

type Seen = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly body: Buffer }

const answer = (response: ServerResponse, data: object) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ status: 'success', data, timestamp: '', request_id: 'r' }))

const refuse = (response: ServerResponse, status: number, code: string) =>
  response
    .writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
    .end(
      JSON.stringify({ status: 'error', error: { code, message: code, details: {} }, timestamp: '', request_id: 'r' }),
    )

/** A server that answers each request as it is told. */
const serving = async (t: Test, reply: (seen: Seen, response: ServerResponse, number: number) => unknown) => {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method, url, headers } = request
      const one = { method, url, headers, body }
      seen.push(one)
      reply(one, response, seen.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { seen, client: new ClusterClient(`http://127.0.0.1:${address.port}`) }
}

const isQuestion = ({ url }: Seen) => url === '/api/v1/artifacts/missing'

const read = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all).toString()
}

void t.test('an upload that breaks goes on where it was', async (t) => {
  let isBroken = true
  const { client, seen } = await serving(t, (request, response) => {
    if (isQuestion(request))
      return answer(response, { missing: [SHA256], partial: isBroken ? [] : [{ sha256: SHA256, bytes: 5 }] })
    if (!isBroken) return answer(response, { sha256: SHA256, bytes: CONTENT.length })
    isBroken = false
    return response.destroy()
  })
  for (const content of [new Blob([CONTENT]), Uint8Array.from(CONTENT)]) {
    isBroken = true
    const before = seen.length
    t.match(await client.artifacts.upload(content, { sha256: SHA256 }), { sha256: SHA256 })
    const sent = seen.slice(before).filter((request) => !isQuestion(request))
    t.strictSame(
      sent.map(({ url }) => url),
      [`/api/v1/artifacts?sha256=${SHA256}`, `/api/v1/artifacts?sha256=${SHA256}&offset=5`],
    )
    t.strictSame(sent[1]?.body, CONTENT.subarray(5))
    t.equal(sent[1]?.headers['content-type'], 'application/octet-stream')
  }
})

void t.test('an upload that can go on from nowhere is sent once', async (t) => {
  const { client, seen } = await serving(t, (_, response) => refuse(response, 429, 'RATE_LIMIT_EXCEEDED'))
  const stream = new Blob([CONTENT]).stream()
  await t.rejects(client.artifacts.upload(stream), { code: 'RATE_LIMIT_EXCEEDED' })
  t.equal(seen.length, 1)
  t.strictSame(seen[0]?.body, CONTENT)
})

void t.test('an upload that is refused for good is not sent again', async (t) => {
  const { client, seen } = await serving(t, (request, response) =>
    isQuestion(request) ? answer(response, { missing: [SHA256], partial: [] }) : refuse(response, 507, 'STORAGE_FULL'),
  )
  await t.rejects(client.artifacts.upload(new Blob([CONTENT]), { sha256: SHA256 }), { code: 'STORAGE_FULL' })
  t.equal(seen.length, 1, 'nor is anything asked of a small file: it would count as a read')
})

void t.test('where a large file goes on is asked, unless it is said', async (t) => {
  const { client, seen } = await serving(t, (request, response) =>
    isQuestion(request)
      ? answer(response, { missing: [SHA256], partial: [{ sha256: SHA256, bytes: 7 }] })
      : answer(response, { sha256: SHA256, bytes: 1 }),
  )
  const large = new Blob([Buffer.alloc(2 ** 20)])
  await client.artifacts.upload(large, { sha256: SHA256 })
  await client.artifacts.upload(large, { sha256: SHA256, offset: 9 })
  t.strictSame(
    seen.map(({ url }) => url),
    ['/missing', `?sha256=${SHA256}&offset=7`, `?sha256=${SHA256}&offset=9`].map((end) => `/api/v1/artifacts${end}`),
  )
})

void t.test('a download that breaks goes on where it was', async (t) => {
  const { client, seen } = await serving(t, (_, response, number) => {
    const start = number === 1 ? 0 : 10
    response.writeHead(number === 1 ? 200 : 206, { 'content-length': CONTENT.length - start })
    if (number > 1) return response.end(CONTENT.subarray(start))
    return response.write(CONTENT.subarray(0, 10), () => response.destroy())
  })
  t.equal(await read(client.artifacts.download(SHA256)), CONTENT.toString())
  t.strictSame(
    seen.map(({ headers }) => headers.range),
    [undefined, 'bytes=10-'],
  )
})

void t.test('a download goes on though something between knows no parts of files', async (t) => {
  const { client } = await serving(t, (_, response) => response.end(CONTENT))
  t.equal(await read(client.artifacts.download(SHA256, { start: 7 })), CONTENT.subarray(7).toString())
})

void t.test('a file that is not there is told', async (t) => {
  const { client, seen } = await serving(t, (_, response) => refuse(response, 404, 'ARTIFACT_NOT_FOUND'))
  await t.rejects(read(client.artifacts.download(SHA256)), { code: 'ARTIFACT_NOT_FOUND' })
  t.equal(seen.length, 1)
})

void t.test('any number of files is looked up, by the thousand', async (t) => {
  const { client, seen } = await serving(t, ({ body }, response) => {
    const { sha256 } = JSON.parse(body.toString()) as { sha256: string[] }
    return answer(response, { missing: sha256.slice(-1), partial: [] })
  })
  const all = Array.from({ length: 2001 }, (_, number) => number.toString(16).padStart(64, '0'))
  const { missing } = await client.artifacts.missing([...all, ...all])
  t.strictSame(missing, [all[999], all[1999], all[2000]])
  t.equal(seen.length, 3)
  t.strictSame(await client.artifacts.missing([]), { missing: [], partial: [] })
  t.equal(seen.length, 3)
})

void t.test('what a batch left comes as it is made', async (t) => {
  const { client, seen } = await serving(t, (_, response) => response.end('an archive'))
  const archive = await client.tasks.batchArtifacts('nightly', { after: 'task-a' })
  t.equal(await new Response(archive).text(), 'an archive')
  t.equal(seen[0]?.url, '/api/v1/tasks/batch/nightly/artifacts?after=task-a')
})
