import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { createNodeRequests } from '../../src/link/client/node-requests.ts'
import { boundRequests } from '../../src/link/server/files/request-time.ts'
import { bodyOf, listed, sha256Of, someBytes } from '../store/files/world.ts'
import { makeCertificate } from './certificates.ts'
import { answerTo, ask, begin, CREDENTIAL, serveFiles } from './files-world.ts'
import { until } from './link-world.ts'

const MIB = 2 ** 20
const lookOften = { files: { lookMs: 25, missedLooks: 3 } }

/** How much of a file has come to the disk, while the rest is under way. */
const arrived = (directory: string, sha256: string): number =>
  statSync(join(directory, sha256.slice(0, 2), `${sha256}.part`), { throwIfNoEntry: false })?.size ?? 0

/** How much of a file waits for its rest, once the node has noticed that this comes no more. */
const kept = async (port: number, sha256: string): Promise<number> => {
  let bytes = 0
  await until('its beginning waits for the rest', async () => {
    bytes = Number((await ask(port, 'HEAD', `/files/${sha256}`)).headers['upload-offset'])
    return bytes > 0
  })
  return bytes
}

/** Resolves when a request is over, however. */
const closed = (asked: ReturnType<typeof begin>): Promise<void> =>
  new Promise((resolve) => asked.on('error', () => undefined).once('close', resolve))

void t.test('a device fetches a file, all of it or from a byte on, and asks whether it is there', async (t) => {
  const { files, port } = await serveFiles(t)
  const bytes = someBytes()
  const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: MIB })
  const path = `/files/${sha256}`
  t.match(await ask(port, 'HEAD', path), { status: 200, headers: { 'content-length': '100000' } })
  const whole = await ask(port, 'GET', path)
  t.match(whole, { status: 200, headers: { 'content-length': '100000', 'accept-ranges': 'bytes' } })
  t.same(whole.body, bytes)
  const rest = await ask(port, 'GET', path, { headers: { range: 'bytes=99000-' } })
  t.match(rest, { status: 206, headers: { 'content-length': '1000', 'content-range': 'bytes 99000-99999/100000' } })
  t.same(rest.body, bytes.subarray(99_000))
  t.match(await ask(port, 'GET', path, { headers: { range: 'bytes=100000-' } }), {
    status: 416,
    headers: { 'content-range': 'bytes */100000' },
  })
  const nowhere = `/files/${'0'.repeat(64)}`
  t.match(await ask(port, 'GET', nowhere), { status: 404 })
  t.match(await ask(port, 'HEAD', nowhere), { status: 404, headers: { 'upload-offset': '0' } })
  t.match(await ask(port, 'GET', '/files/../cluster.db'), { status: 404 })
  t.match(await ask(port, 'DELETE', path), { status: 405, headers: { allow: 'GET, HEAD, PUT' } })
})

void t.test('a device leaves a file; what is there already need not be sent', async (t) => {
  const { files, port } = await serveFiles(t)
  const bytes = someBytes(3 * MIB)
  const path = `/files/${sha256Of(bytes)}`
  t.match(await ask(port, 'PUT', path, { body: bytes }), { status: 204 })
  t.match(await files.stat(sha256Of(bytes)), { bytes: bytes.length })
  const again = begin(port, 'PUT', path, { headers: { expect: '100-continue' } })
  again.once('continue', () => t.fail('it was told to send what is there'))
  const answered = answerTo(again)
  again.flushHeaders()
  t.match(await answered, { status: 204 })
  again.destroy()
  t.match(await ask(port, 'PUT', `/files/${sha256Of(Buffer.alloc(0))}`), { status: 204 }, 'an empty one too')
})

void t.test('an upload that was cut goes on where it was', async (t) => {
  const { files, directory, port } = await serveFiles(t)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  const path = `/files/${sha256}`
  const cut = begin(port, 'PUT', path, { headers: { 'content-length': bytes.length } })
  const ended = closed(cut)
  cut.write(bytes.subarray(0, 60_000))
  await until('all of it has arrived', () => arrived(directory, sha256) === 60_000)
  cut.destroy()
  await ended
  const here = await kept(port, sha256)
  t.equal(here, 60_000)
  t.match(await ask(port, 'PUT', `${path}?offset=${here - 1}`, { body: bytes.subarray(here - 1) }), {
    status: 409,
    headers: { 'upload-offset': String(here) },
  })
  t.match(await ask(port, 'PUT', `${path}?offset=-1`, { body: bytes }), { status: 400 })
  t.match(await ask(port, 'PUT', `${path}?offset=${here}`, { body: bytes.subarray(here) }), { status: 204 })
  t.match(await files.stat(sha256), { bytes: bytes.length })
})

void t.test('a download that was cut goes on where it was, and its place is free', async (t) => {
  const { files, port } = await serveFiles(t, { limits: { files: { mostAtATime: 1 } } })
  const bytes = someBytes(8 * MIB)
  const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(bytes), maxBytes: 10 * MIB })
  const path = `/files/${sha256}`
  const cut = begin(port, 'GET', path)
  const ended = closed(cut)
  const pieces: Buffer[] = []
  cut.once('response', (response) => {
    response.on('error', () => undefined)
    response.once('data', (piece: Buffer) => {
      pieces.push(piece)
      response.pause()
      void ask(port, 'GET', path).then(({ status, headers: more }) => {
        t.equal(status, 429, 'one at a time')
        t.match(more, { 'retry-after': '1' })
        cut.destroy()
      })
    })
  })
  cut.end()
  await ended
  const had = Buffer.concat(pieces).length
  const goOn = () => ask(port, 'GET', path, { headers: { range: `bytes=${had}-` } })
  let rest = await goOn()
  await until('its place is free', async () => {
    if (rest.status === 429) rest = await goOn()
    return rest.status !== 429
  })
  t.equal(rest.status, 206)
  t.equal(sha256Of(Buffer.concat([...pieces, rest.body])), sha256)
})

void t.test('another content, or too much of it, is refused, and nothing is kept', async (t) => {
  const { files, port } = await serveFiles(t, { maxBytes: 50_000 })
  const [bytes, other] = [someBytes(1000), someBytes(1000)]
  const path = `/files/${sha256Of(bytes)}`
  t.match(await ask(port, 'PUT', path, { body: other }), { status: 422 })
  t.match(await ask(port, 'HEAD', path), { status: 404, headers: { 'upload-offset': '0' } })
  const large = someBytes(100_000)
  t.match(await ask(port, 'PUT', `/files/${sha256Of(large)}`, { body: large }), { status: 413 })
  t.same(await listed(files), [])
})

void t.test('a stranger is turned away before a byte of his body, and a device from what is not its own', async (t) => {
  const { files, rights, port } = await serveFiles(t)
  const bytes = someBytes()
  const path = `/files/${sha256Of(bytes)}`
  for (const authorization of ['', 'Bearer of-somebody-else', `Basic ${CREDENTIAL}`]) {
    const stranger = begin(port, 'PUT', path, { headers: { authorization, expect: '100-continue' } })
    stranger.once('continue', () => t.fail('a stranger was told to send'))
    const answered = answerTo(stranger)
    stranger.flushHeaders()
    t.match(await answered, { status: 401, headers: { 'www-authenticate': 'Bearer', connection: 'close' } })
    t.match(await ask(port, 'GET', path, { headers: { authorization } }), { status: 401 })
  }
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n`)
  socket.resume()
  await once(socket, 'close')
  t.pass('one that asks for nothing does not hold its connection')
  rights.mayWrite = false
  t.match(await ask(port, 'PUT', path, { body: bytes }), { status: 403 })
  rights.mayRead = false
  t.match(await ask(port, 'GET', path), { status: 403 })
  t.match(await ask(port, 'HEAD', path), { status: 403 })
  t.same(await listed(files), [])
  rights.isKnown = false
  t.match(await ask(port, 'GET', path), { status: 401 }, 'a device that was removed')
})

void t.test('a device that is removed while it sends is cut off; what came waits', async (t) => {
  const { files, rights, port } = await serveFiles(t, { limits: lookOften })
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  const sending = begin(port, 'PUT', `/files/${sha256}`, { headers: { 'content-length': bytes.length } })
  const ended = closed(sending)
  const flow = setInterval(() => sending.destroyed || sending.write(bytes.subarray(0, 10)), 10)
  t.teardown(() => clearInterval(flow))
  await once(sending, 'socket')
  setTimeout(() => (rights.isKnown = false), 100)
  await ended
  t.equal(await files.stat(sha256), undefined)
})

void t.test('a transfer goes on while bytes flow, and ends where none do', async (t) => {
  const { files, port } = await serveFiles(t, { limits: { files: { ...lookOften.files, mostAtATime: 1 } } })
  const bytes = someBytes(40)
  const slow = begin(port, 'PUT', `/files/${sha256Of(bytes)}`, { headers: { 'content-length': bytes.length } })
  const answered = answerTo(slow)
  for (let at = 0; at < bytes.length; at += 1) {
    slow.write(bytes.subarray(at, at + 1))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  slow.end()
  t.match(await answered, { status: 204 }, 'ten times as long as an idle one may be')

  const idle = begin(port, 'PUT', `/files/${'0'.repeat(64)}`, { headers: { 'content-length': 10 } })
  const ended = closed(idle)
  idle.flushHeaders()
  await ended

  const large = someBytes(9 * MIB)
  const { sha256 } = await files.write({ sha256: null, offset: 0, body: bodyOf(large), maxBytes: 10 * MIB })
  const reader = connect({ port, host: '127.0.0.1' })
  reader.on('error', () => undefined)
  reader.write(`GET /files/${sha256} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${CREDENTIAL}\r\n\r\n`)
  let read = 0
  reader.on('data', (piece: Buffer) => (read += piece.length))
  await once(reader, 'data')
  reader.pause()
  const end = { headers: { range: `bytes=${large.length - 1}-` } }
  await until('its place is free', async () => (await ask(port, 'GET', `/files/${sha256}`, end)).status === 206)
  reader.resume()
  await once(reader, 'close')
  t.ok(read < large.length, `one that does not read is cut off after ${read} bytes`)
})

void t.test('who asks anew has given up the connection on which he sent', async (t) => {
  const { files, directory, port } = await serveFiles(t)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  const path = `/files/${sha256}`
  const lost = begin(port, 'PUT', path, { headers: { 'content-length': bytes.length } })
  const ended = closed(lost)
  // It stays open, as one whose network has changed does.
  lost.write(bytes.subarray(0, 70_000))
  await until('all of it has arrived', () => arrived(directory, sha256) === 70_000)
  const here = await kept(port, sha256)
  t.equal(here, 70_000)
  await ended
  t.match(await ask(port, 'PUT', `${path}?offset=${here}`, { body: bytes.subarray(here) }), { status: 204 })
  t.match(await files.stat(sha256), { bytes: bytes.length })
})

void t.test('a node that is known by its key is so for every request on a connection', async (t) => {
  const { certificate, fingerprint } = await makeCertificate(t)
  const { port } = await serveFiles(t, { certificate })
  const requests = createNodeRequests(() => ({ host: '127.0.0.1', port, fingerprint }))
  t.teardown(requests.close)
  const { signal } = new AbortController()
  const asked = async () => {
    const headers = { authorization: `Bearer ${CREDENTIAL}` }
    const answer = await requests.send({ method: 'HEAD', path: `/files/${'0'.repeat(64)}`, headers, signal })
    const { statusCode, socket } = answer
    const from = socket.localPort
    await buffer(answer)
    return { statusCode, from }
  }
  const first = await asked()
  t.equal(first.statusCode, 404)
  t.strictSame(await asked(), first, 'the connection is used again')
  t.strictSame(await asked(), first)
})

void t.test('a request that does not come in is closed, but for one that may take its time', async (t) => {
  const server = createServer((request) => {
    if (request.url === '/patient') lift(request)
  })
  const lift = boundRequests(server, 50)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const send = (path: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nhalf`)
    socket.resume()
    return socket
  }
  const patient = send('/patient')
  t.teardown(() => patient.destroy())
  await once(send('/page'), 'close')
  await once(send('/page'), 'close')
  t.notOk(patient.closed)
})
