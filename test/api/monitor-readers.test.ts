import t from 'tap'
import { connect } from 'node:net'
import { mock } from 'node:test'
import type { EventPage } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { submitEcho } from '../cluster/world.ts'
import { clusterOf, createSource, logEntry, range } from './event-source.ts'
import { eventually, openStream, sequencesOf } from './open-stream.ts'
import { serve } from './start-api.ts'
import { startWorld } from './start-world.ts'

const PATH = '/api/v1/monitor/stream'

void t.test('where the node is away the answer is an error in its envelope, and the slot is free again', async (t) => {
  const source = createSource()
  const after = () => Promise.reject(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'gone' }))
  const cluster = clusterOf({ ...source.events, after })
  const { call } = await serve(t, cluster, { limits: { read: 100, write: 1, streams: 1 } })
  for (let again = 0; again < 3; again += 1) {
    const answer = await call('GET', PATH)
    t.equal(answer.status, 503)
    t.equal(answer.json().error?.code, 'CLUSTER_UNAVAILABLE')
    t.equal(answer.headers['retry-after'], '5')
  }
  t.strictSame(source.listening().now, 0)
})

void t.test('an event is written out once, and listened for once, however many read', async (t) => {
  const source = createSource()
  const { port } = await serve(t, clusterOf(source.events), { limits: null })
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(t, port)))
  await Promise.all(streams.map((stream) => stream.until('the first bytes', ({ text }) => text !== '')))
  t.strictSame(source.listening(), { now: 1, ever: 1 })
  let written = 0
  const counted = {
    ...logEntry('counted'),
    toJSON: () => {
      written += 1
      return logEntry('counted')
    },
  }
  source.publish(counted)
  await Promise.all(streams.map((stream) => stream.until('the event', ({ messages }) => messages.length === 1)))
  t.equal(written, 1)
  for (const stream of streams) stream.vanish()
  await eventually('nobody listens', () => source.listening().now === 0)
})

void t.test('200 clients that vanish leave no slot taken', async (t) => {
  const source = createSource()
  const cluster = clusterOf(source.events)
  const { port, call } = await serve(t, cluster, { limits: { read: 10_000, write: 1, streams: 200 } })
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return socket
  })
  // Some go before they are answered, some after.
  for (const socket of sockets.slice(0, 100)) setImmediate(() => socket.resetAndDestroy())
  await Promise.all(
    sockets.slice(100).map((socket) => new Promise((resolve) => socket.once('data', () => resolve(socket.destroy())))),
  )
  await eventually('nobody listens', () => source.listening().now === 0)
  const [first] = [await openStream(t, port)]
  t.equal(first.status, 200)
  t.equal(first.headers['x-ratelimit-remaining'], '199')
  t.equal((await call('HEAD', PATH)).status, 200)
})

void t.test(
  'a client that does not read is closed once it is 1 MiB behind, and costs the others nothing',
  async (t) => {
    const source = createSource()
    const { port, lines } = await serve(t, clusterOf(source.events), { limits: { read: 100, write: 1, streams: 2 } })
    const slow = connect(port, '127.0.0.1')
    t.teardown(() => slow.destroy())
    slow.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await new Promise((resolve) => slow.once('data', resolve))
    slow.pause()
    const good = await openStream(t, port)
    await good.until('the first bytes', ({ text }) => text !== '')

    const isCutOff = () => lines.some((line) => line.includes('too far behind'))
    const message = 'x'.repeat(8000)
    let published = 0
    // What the kernel holds for a client is not behind yet: some MiB on loopback.
    while (!isCutOff() && published < 16_000) {
      for (let each = 0; each < 50; each += 1) source.publish(logEntry(message))
      published += 50
      await good.until('every event', ({ text }) => text.length > published * message.length)
    }
    t.ok(isCutOff(), `cut off after ${published} events`)
    await good.until('every event', ({ messages }) => messages.length === published)
    t.strictSame(sequencesOf(good), range(1, published))
    source.publish(logEntry('after'))
    await good.until('the next event', ({ text }) => text.includes('"after"'))
    const next = await openStream(t, port)
    t.equal(next.status, 200, 'the slot of the slow one came back')
  },
)

void t.test('a client that does not read while it catches up is closed as well', async (t) => {
  const source = createSource()
  const message = 'x'.repeat(8000)
  let pages = 0
  // There is always one page more.
  const after = ({ limit }: { limit: number }): Promise<EventPage> => {
    const from = pages * limit
    pages += 1
    const events = range(from + 1, from + limit).map((sequence) => ({
      id: `7.${sequence}`,
      sequence,
      event: logEntry(message),
    }))
    return Promise.resolve({ events, reset: null, last: { id: '7.900000', sequence: 900_000 }, more: true })
  }
  const { port, lines } = await serve(t, clusterOf({ ...source.events, after }), { limits: null })
  const slow = connect(port, '127.0.0.1')
  t.teardown(() => slow.destroy())
  slow.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 7.0\r\n\r\n`)
  await new Promise((resolve) => slow.once('data', resolve))
  slow.pause()
  await eventually('it is cut off', () => {
    source.publish(logEntry(message))
    return lines.some((line) => line.includes('too far behind'))
  })
  t.ok(pages < 100, `${pages} pages were read for a client that takes none`)
  await eventually('nobody listens', () => source.listening().now === 0)
})

void t.test('a comment every 15 seconds keeps a stream open', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { port } = await serve(t, clusterOf(createSource().events), { limits: null })
  const stream = await openStream(t, port)
  await stream.until('the first bytes', ({ text }) => text !== '')
  const before = stream.text
  mock.timers.tick(14_999)
  mock.timers.tick(1)
  await stream.until('a comment', ({ text }) => text !== before)
  t.match(stream.text.slice(before.length), /^:[^\n]*\n\n$/)
})

void t.test(
  'a server that stops ends its streams with a last comment, at once, whether they read or not',
  async (t) => {
    const { world, api } = await startWorld(t)
    const streams = [await openStream(t, api.port), await openStream(t, api.port, PATH, { 'Last-Event-ID': '1.0' })]
    const deaf = connect(api.port, '127.0.0.1')
    deaf.on('error', () => undefined)
    t.teardown(() => deaf.destroy())
    deaf.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await new Promise((resolve) => deaf.once('data', resolve))
    deaf.pause()
    await submitEcho(world)
    for (const stream of streams) await stream.until('an event', ({ messages }) => messages.length > 0)
    // It waits for no time to pass.
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    t.teardown(() => mock.timers.reset())
    await api.app.close()
    for (const stream of streams) {
      t.equal(await stream.ended, 'whole')
      t.match(stream.text, /\n\n: [^\n]+\n\n$/)
    }
  },
)

void t.test('HEAD answers with the headers of a stream, and takes no slot', async (t) => {
  const source = createSource()
  const { call } = await serve(t, clusterOf(source.events), { limits: { read: 100, write: 1, streams: 1 } })
  for (let again = 0; again < 3; again += 1) {
    const head = await call('HEAD', PATH)
    t.equal(head.status, 200)
    t.equal(head.headers['content-type'], 'text/event-stream')
    t.equal(head.text, '')
  }
  t.equal(source.listening().ever, 0)
})

void t.test('an Accept that a stream does not meet is answered with 406, in the envelope', async (t) => {
  const { port, call } = await serve(t, clusterOf(createSource().events), { limits: null })
  for (const accept of ['application/json', 'text/html', '*/*, text/event-stream;q=0']) {
    const answer = await call('GET', PATH, { headers: { accept } })
    t.equal(answer.status, 406, accept)
    t.equal(answer.json().error?.code, 'NOT_ACCEPTABLE')
    t.equal(answer.json().error?.details.media_type, 'text/event-stream')
  }
  for (const accept of ['text/event-stream', 'text/*', '*/*', 'application/json, text/event-stream;q=0.5'])
    t.equal((await openStream(t, port, PATH, { accept })).status, 200, accept)
})
