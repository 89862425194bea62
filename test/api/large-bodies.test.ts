/** Bodies that are too large: CONTRACT.md §2 wants the client to see the answer. */
import t from 'tap'
import { request } from 'node:http'
import { connect } from 'node:net'
import { startApi } from './start-api.ts'

const MiB = 1024 * 1024
const blanks = Buffer.alloc(17 * MiB, ' ')

void t.test('a body that is too large is read to its end, so that the client sees the 413', async (t) => {
  const { call, calls } = await startApi(t)
  const headers = { 'Content-Type': 'application/json' }
  for (const size of [2 * MiB + 1, 8 * MiB]) {
    const answer = await call('POST', '/api/v1/tasks', { headers, body: Buffer.alloc(size, 'a') })
    t.equal(answer.status, 413)
    t.strictSame(answer.json().error?.details, { limit_bytes: 2 * MiB })
  }
  t.same(calls, [])
})

void t.test('a chunked body that is too large gets its 413 too, and the connection stays usable', async (t) => {
  const { port } = await startApi(t)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' }
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/v1/tasks', headers }, (response) => {
      t.not(response.headers.connection, 'close')
      response.resume().on('end', () => resolve(response.statusCode))
    })
    sent.on('error', reject)
    for (let sentMiB = 0; sentMiB < 4; sentMiB += 1) sent.write(Buffer.alloc(MiB, 'a'))
    sent.end()
  })
  t.equal(status, 413)
})

void t.test('a refusal without reading the body still reaches a client that closes after it', async (t) => {
  const { call } = await startApi(t)
  const body = Buffer.alloc(4 * MiB, 'a')
  const headers = { 'Content-Type': 'application/json', Connection: 'close' }
  t.equal((await call('POST', '/nothing', { headers, body })).status, 404)
})

/**
 * A client that writes `sentMiB` of a body before it reads anything, as simple ones do. Resolves with all that it read once the
 * answer is whole; rejects where the connection is cut off.
 */
const writeThenRead = (port: number, path: string, declaredMiB: number, sentMiB: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let read = ''
    const look = () => {
      const [head = '', body = ''] = read.split('\r\n\r\n')
      if (Buffer.byteLength(body) < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity)) return
      resolve(read)
      socket.destroy()
    }
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${read.length} bytes of the answer`)))
    const length = `Content-Length: ${declaredMiB * MiB}`
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${length}\r\n\r\n`)
    socket.write(blanks.subarray(0, sentMiB * MiB), (error) => {
      if (error) reject(error)
      socket.on('data', (chunk: Buffer) => {
        read += chunk.toString()
        look()
      })
    })
  })

void t.test('forty clients at a time that send too large a batch all see the 413', async (t) => {
  const { port, calls } = await startApi(t)
  const clients = Array.from({ length: 40 }, () => writeThenRead(port, '/api/v1/tasks/batch', 17, 17))
  for (const text of await Promise.all(clients)) t.match(text, /^HTTP\/1\.1 413 /)
  t.same(calls, [])
})

void t.test('a body of more than is dropped is answered at once, and its client not cut off', async (t) => {
  const { port, calls } = await startApi(t)
  const clients = Array.from({ length: 40 }, (_, number) => writeThenRead(port, '/api/v1/tasks', 1024, number % 10))
  for (const text of await Promise.all(clients)) {
    t.match(text, /^HTTP\/1\.1 413 /)
    t.match(text, /connection: close/i)
  }
  t.same(calls, [])
})

void t.test('a refusal before the route is known reaches its client too', async (t) => {
  const { port } = await startApi(t)
  t.match(await writeThenRead(port, '/%zz', 17, 17), /^HTTP\/1\.1 400 /)
})

void t.test('a client that goes on writing after the answer is cut off in the end', async (t) => {
  const { port } = await startApi(t)
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => undefined).resume()
  socket.write('POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\n')
  const write = () => socket.writable && socket.write(blanks, write)
  write()
  await closed
  t.ok(socket.bytesWritten < 100 * MiB, `${socket.bytesWritten} bytes were taken`)
})
