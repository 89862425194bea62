import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import t from 'tap'
import type { ArtifactsMissing, AuditList } from '../../schemas/index.ts'
import type { Authenticator } from '../../src/api/security/keys.ts'
import { until } from '../start-cluster.ts'
import { keyOf } from './known-keys.ts'
import { openStream } from './open-stream.ts'
import { startApi } from './start-api.ts'
import { startWorld } from './start-world.ts'

/** SHA-256 of `hello`. */
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
const path = `/api/v1/artifacts/${HELLO}`

void t.test(
  'bytes of any type go in as they are, larger than any other body, and no bytes are a file too',
  async (t) => {
    const { api, world } = await startWorld(t)
    const large = randomBytes(3 * 1024 * 1024)
    for (const type of [undefined, 'application/x-www-form-urlencoded', 'application/json', 'image/jpeg'])
      for (const body of [large, Buffer.from('{'), undefined]) {
        const headers = type === undefined ? {} : { 'Content-Type': type }
        const answer = await api.call('POST', '/api/v1/artifacts', { headers, ...(body && { body }) })
        const sha256 = createHash('sha256')
          .update(body ?? '')
          .digest('hex')
        t.equal(answer.status, 201, answer.text)
        t.match(answer.json().data, { sha256, bytes: body?.length ?? 0 })
        t.equal(answer.headers.location, `/api/v1/artifacts/${sha256}`)
      }
    t.equal(world.files.hashes.length, 3)
    const form = { headers: { 'Content-Type': 'multipart/form-data; boundary=x' }, body: 'hello' }
    t.match((await api.call('POST', '/api/v1/artifacts', form)).json().error, {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: /not as a form/,
      details: { media_type: 'application/octet-stream', reason: /--data-binary @FILE/ },
    })
  },
)

void t.test('a file comes out to be saved, whole or in part', async (t) => {
  const { api, world } = await startWorld(t)
  world.files.put('hello')
  const whole = await api.call('GET', path)
  t.equal(whole.text, 'hello')
  t.match(whole.headers, {
    'content-type': 'application/octet-stream',
    'content-length': '5',
    'content-disposition': `attachment; filename="${HELLO}"`,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag: `"${HELLO}"`,
  })
  const rest = await api.call('GET', path, { headers: { Range: 'bytes=2-', 'If-Range': `"${HELLO}"` } })
  t.match({ ...rest, range: rest.headers['content-range'] }, { status: 206, text: 'llo', range: 'bytes 2-4/5' })
  t.equal((await api.call('GET', path, { headers: { Range: 'bytes=2-', 'If-Range': '"other"' } })).text, 'hello')
  const beyond = await api.call('GET', path, { headers: { Range: 'bytes=5-' } })
  t.equal(beyond.status, 416)
  t.equal(beyond.headers['content-range'], 'bytes */5')
  t.equal(beyond.headers['content-disposition'], undefined)
  const known = await api.call('GET', path, { headers: { 'If-None-Match': `"${HELLO}"`, Range: 'bytes=2-' } })
  t.match({ ...known }, { status: 304, text: '' })
})

void t.test('an upload that breaks off goes on where it was', async (t) => {
  const { api, world, send } = await startWorld(t)
  const headers = { 'Content-Length': 5 }
  const to = { host: '127.0.0.1', port: api.port, method: 'POST', path: `/api/v1/artifacts?sha256=${HELLO}`, headers }
  const sent = request(to)
  sent.on('error', () => undefined)
  sent.write('he')
  await once(sent, 'socket')
  sent.write('l')
  await until('both pieces have come', () => Promise.resolve(world.files.arrived(HELLO) === 3 || undefined))
  sent.destroy()
  const [part] = await until('the part is kept', async () => {
    const { partial } = await send<ArtifactsMissing>('POST', '/artifacts/missing', { sha256: [HELLO] })
    return partial.length > 0 ? partial : undefined
  })
  t.strictSame(part, { sha256: HELLO, bytes: 3 })
  const rest = await api.call('POST', `/api/v1/artifacts?sha256=${HELLO}&offset=3`, { body: 'lo' })
  t.equal(rest.status, 201)
  t.strictSame(world.files.hashes, [HELLO])
})

void t.test('a server that stops breaks a transfer off that does not end, in either direction', async (t) => {
  const endless = Readable.from(
    (async function* () {
      yield Buffer.from('he')
      await new Promise(() => undefined)
    })(),
    { objectMode: false },
  )
  const { app, port, calls } = await startApi(t, {
    answers: { 'artifacts.open': () => Promise.resolve({ body: endless }) },
  })
  const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/v1/artifacts' })
  const broken = once(sent, 'error')
  sent.write('he')
  const download = await openStream(t, port, path)
  await download.until('its beginning', ({ text }) => text === 'he')
  await until('the upload has begun', () =>
    Promise.resolve(calls.some(({ operation }) => operation === 'artifacts.store') || undefined),
  )
  await app.close()
  await broken
  t.equal(await download.ended, 'broken off')
})

void t.test('a client that vanishes in the midst of a download ends the reading of the file', async (t) => {
  let isDestroyed = false
  const body = new Readable({
    read() {
      this.push(Buffer.alloc(65_536))
    },
    destroy(_error, done) {
      isDestroyed = true
      done(null)
    },
  })
  const { port } = await startApi(t, { answers: { 'artifacts.open': () => Promise.resolve({ body }) } })
  const download = await openStream(t, port, path)
  download.vanish()
  await until('the file is closed', () => Promise.resolve(isDestroyed || undefined))
})

void t.test('transfers count by their bytes: neither as reads nor as writes, and some at a time', async (t) => {
  const { call, port, send } = await startApi(t, { limits: { read: 1, write: 1, transfers: 2 } })
  for (let again = 0; again < 5; again += 1) {
    t.equal((await call('POST', '/api/v1/artifacts', { body: 'hello' })).status, 201)
    t.equal((await call('GET', path)).status, 200)
  }
  t.equal((await send('POST', '/api/v1/artifacts/missing', { sha256: [HELLO] })).headers['x-ratelimit-limit'], '1')
  const sockets = [0, 1].map(() => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST /api/v1/artifacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe')
    return socket
  })
  const refused = await until('both have begun', async () => {
    const answer = await call('POST', '/api/v1/artifacts', { body: 'hello' })
    return answer.status === 429 ? answer : undefined
  })
  t.match(refused.json().error?.message, /2 transfers .*--rate-limit-transfers/)
  for (const socket of sockets) socket.destroy()
  await until('their slots came back', async () => {
    const answer = await call('POST', '/api/v1/artifacts', { body: 'hello' })
    return answer.status === 201 || undefined
  })
})

void t.test('who goes while the key is looked up keeps no slot', async (t) => {
  const asked = Promise.withResolvers<undefined>()
  const known = Promise.withResolvers<undefined>()
  const key = keyOf('ann', ['read', 'write'])
  const auth: Authenticator = {
    authenticate: async (secret) => {
      if (secret === 'slow') {
        asked.resolve(undefined)
        await known.promise
      }
      return key
    },
    watch: () => () => undefined,
  }
  const { app, call, port } = await startApi(t, { auth, limits: { transfers: 1 } })
  const gone = new Promise((resolve) => {
    app.server.once('connection', (served: Socket) => served.once('close', resolve))
  })
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: slow\r\n\r\n`)
  await asked.promise
  socket.destroy()
  await gone
  known.resolve(undefined)
  t.equal((await call('GET', path, { headers: { 'X-API-Key': 'quick' } })).status, 200)
})

void t.test('who stores and removes a file is in the audit log, who asks for missing ones is not', async (t) => {
  const { api, send, get } = await startWorld(t)
  await api.call('POST', '/api/v1/artifacts', { body: 'hello' })
  await send('POST', '/artifacts/missing', { sha256: [HELLO] })
  await api.call('DELETE', path)
  const { entries } = await get<AuditList>('/audit')
  t.match(entries, [
    { operation: 'removeArtifact', target: HELLO, outcome: 200 },
    { operation: 'storeArtifact', target: HELLO, outcome: 201 },
  ])
  t.equal(entries.length, 2)
})
