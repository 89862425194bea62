import t from 'tap'
import type { EventPage } from '../../src/cluster/cluster.ts'
import { settle } from '../cluster/fake-clock.ts'
import { idle, submitEcho } from '../cluster/world.ts'
import { clusterOf, createSource, range } from './event-source.ts'
import { type OpenStream, openStream, sequencesOf } from './open-stream.ts'
import { serve } from './start-api.ts'
import { startWorld } from './start-world.ts'

const PATH = '/api/v1/monitor/stream'

const typesOf = ({ messages }: OpenStream) => messages.map(({ event }) => event.type)
const idsOf = ({ messages }: OpenStream) => messages.map(({ id }) => id)

void t.test('a stream says at once when to come back, and then one unnamed message for each event', async (t) => {
  const { world, api } = await startWorld(t)
  await world.connect()
  const stream = await openStream(t, api.port)
  t.equal(stream.status, 200)
  t.equal(stream.headers['content-type'], 'text/event-stream')
  t.equal(stream.headers['x-accel-buffering'], 'no')
  t.equal(stream.headers['cache-control'], 'no-cache')
  t.equal(stream.headers['content-encoding'], undefined)
  t.type(stream.headers['x-request-id'], 'string')
  await stream.until('the first bytes', ({ text }) => text !== '')
  t.match(stream.text, /^retry: 2000\nid: 1\.\d+\n\n$/)

  const task_id = await submitEcho(world)
  await stream.until('both events', ({ messages }) => messages.length === 2)
  t.strictSame(typesOf(stream), ['task_created', 'task_assigned'])
  t.match(stream.messages[0]?.event, { task_id, task_type: 'echo', timestamp: /Z$/ })
  t.notMatch(stream.text, /^event:/m)
  const [first = 0, second = 0] = sequencesOf(stream)
  t.equal(second, first + 1)
  t.match(stream.text, new RegExp(`^retry: 2000\\nid: 1\\.${first - 1}\\n\\n`), 'it begins at the event before')
})

void t.test('a stream is narrowed by subject, by device, and by the level of log entries', async (t) => {
  const { world, api } = await startWorld(t)
  const one = await world.connect({ device_id: 'one' })
  const streams = {
    all: await openStream(t, api.port),
    tasks: await openStream(t, api.port, `${PATH}?types=tasks`),
    comma: await openStream(t, api.port, `${PATH}?types=tasks,devices`),
    repeated: await openStream(t, api.port, `${PATH}?types=tasks&types=devices`),
    two: await openStream(t, api.port, `${PATH}?device_id=two`),
    error: await openStream(t, api.port, `${PATH}?types=logs&level=error`),
  }
  await world.connect({ device_id: 'two' })
  await submitEcho(world, { device_id: 'two' })
  await one.drop()
  await world.clock.advance(31_000)
  await world.node.cluster.config.update({ patch: { logging: { level: 'debug' } }, expected_tag: null })
  for (const [name, stream] of Object.entries(streams))
    await stream.until(`config_updated on ${name}`, (each) => typesOf(each).includes('config_updated'))

  const all = streams.all.messages.map(({ event }) => event)
  const subjects: Record<string, RegExp> = { tasks: /^task_/, devices: /^device_/, logs: /^log_/ }
  const expected = (...names: string[]) =>
    all.filter(({ type }) => type === 'config_updated' || names.some((name) => subjects[name]?.test(type)))
  t.ok(all.some(({ type }) => type === 'log_entry') && all.some(({ type }) => type === 'device_offline'))
  const eventsOf = ({ messages }: OpenStream) => messages.map(({ event }) => event)
  t.strictSame(eventsOf(streams.tasks), expected('tasks'))
  t.strictSame(eventsOf(streams.comma), expected('tasks', 'devices'))
  t.strictSame(eventsOf(streams.repeated), expected('tasks', 'devices'))
  t.strictSame(
    eventsOf(streams.two),
    all.filter((event) => event.type === 'config_updated' || JSON.stringify(event).includes('"two"')),
  )
  t.ok(eventsOf(streams.two).length >= 4)
  t.ok(
    eventsOf(streams.two).some(({ type }) => type === 'task_created'),
    'asked for by name is spoken of',
  )
  t.strictSame(
    eventsOf(streams.error),
    all.filter(({ type, ...event }) => type === 'config_updated' || ('level' in event && event.level === 'error')),
  )
})

void t.test('a query that the stream does not know is refused in the envelope', async (t) => {
  const { api } = await startWorld(t)
  for (const query of [
    'type=tasks',
    'types=task',
    'types=',
    'level=loud',
    'device_id=a%20b',
    'level=info&level=error',
  ]) {
    const answer = await api.call('GET', `${PATH}?${query}`)
    t.equal(answer.status, 400, query)
    t.equal(answer.json().error?.code, 'VALIDATION_ERROR', query)
  }
})

void t.test('Last-Event-ID goes on without a gap or a repeat, over a restart of the node and the server', async (t) => {
  const { world, api } = await startWorld(t)
  const device = await world.connect()
  const before = await openStream(t, api.port)
  await before.until('the first bytes', ({ text }) => text !== '')
  for (let count = 0; count < 5; count += 1) await submitEcho(world)
  await before.until('some events', ({ messages }) => messages.length >= 7)
  const seen = idsOf(before)
  before.vanish()

  await submitEcho(world)
  await api.app.close()
  await device.drop()
  await world.restart()
  const again = await serve(t, world.node.cluster, { limits: null })
  await submitEcho(world)
  const after = await openStream(t, again.port, PATH, { 'Last-Event-ID': seen.at(-1) ?? '' })
  await submitEcho(world)
  const { last } = await world.node.cluster.events.after({ id: null, limit: 1 })
  await after.until('the last event', ({ messages }) => messages.at(-1)?.id === last.id)

  const ids = [...seen, ...idsOf(after)]
  t.equal(new Set(ids).size, ids.length, 'no id comes twice')
  const sequences = ids.map((id) => Number(id.split('.')[1]))
  t.strictSame(sequences, range(sequences[0] ?? 0, last.sequence))
  t.match(after.text, /^retry: 2000\n\nid: /, 'it goes on at the first missed event')
})

void t.test('a stream that has many pages to catch up on misses nothing of what happens meanwhile', async (t) => {
  const { world, api } = await startWorld(t)
  for (let count = 0; count < 400; count += 1) await submitEcho(world)
  const begun = await world.node.cluster.events.after({ id: null, limit: 1 })
  const streams = await Promise.all(
    [1, 100, begun.last.sequence - 1].map((sequence) =>
      openStream(t, api.port, PATH, { 'Last-Event-ID': `1.${sequence}` }),
    ),
  )
  for (let count = 0; count < 100; count += 1) {
    void world.node.cluster.tasks.submit({ submission: { task_type: 'echo', payload: {} }, wait: 0 })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await settle()
  const { last } = await world.node.cluster.events.after({ id: null, limit: 1 })
  for (const [index, from] of [2, 101, begun.last.sequence].entries()) {
    const stream = streams[index]
    if (stream === undefined) throw new Error('opened above')
    await stream.until('the last event', ({ messages }) => messages.at(-1)?.id === last.id)
    t.strictSame(sequencesOf(stream), range(from, last.sequence))
  }
})

void t.test('telemetry bears the last kept event in its id, and resuming from it repeats nothing', async (t) => {
  const { world, api } = await startWorld(t)
  const device = await world.connect()
  const stream = await openStream(t, api.port, `${PATH}?types=devices`)
  await stream.until('the first bytes', ({ text }) => text !== '')
  device.session.heartbeat(idle)
  device.session.heartbeat(idle)
  await stream.until('both heartbeats', ({ messages }) => messages.length === 2)
  t.strictSame(typesOf(stream), ['device_update', 'device_update'])
  const [one = '', two = ''] = idsOf(stream)
  t.match(one, /^1\.\d+\.\d+$/)
  t.not(one, two)
  const again = await openStream(t, api.port, PATH, { 'Last-Event-ID': two })
  await submitEcho(world)
  await again.until('the next events', ({ messages }) => messages.length === 2)
  t.strictSame(typesOf(again), ['task_created', 'task_assigned'])
})

void t.test('a position that cannot be resumed gets a stream_reset first, under an id never used before', async (t) => {
  const { world, api } = await startWorld(t)
  await submitEcho(world)
  const lastOf = async () => (await world.node.cluster.events.after({ id: null, limit: 1 })).last.sequence
  const seen = new Set<string>()
  for (const lost of ['nonsense', '99.1', `1.${(await lastOf()) + 1000}`]) {
    const last = await lastOf()
    const stream = await openStream(t, api.port, PATH, { 'Last-Event-ID': lost })
    await stream.until('a message', ({ messages }) => messages.length === 1)
    const [reset] = stream.messages
    t.match(reset?.event, { type: 'stream_reset', reason: 'unknown', timestamp: /Z$/ })
    t.match(reset?.id, new RegExp(`^1\\.${last}\\.\\d+$`))
    t.notOk(seen.has(reset?.id ?? ''))
    seen.add(reset?.id ?? '')
    await submitEcho(world)
    await stream.until('what happens next', ({ messages }) => messages.length === 2)
    const resumed = await openStream(t, api.port, PATH, { 'Last-Event-ID': reset?.id ?? '' })
    await resumed.until('the same', ({ messages }) => messages.length === 1)
    t.strictSame(resumed.messages[0], stream.messages[1])
  }
})

void t.test('a position that is no longer kept gets a stream_reset that says so', async (t) => {
  const source = createSource()
  const after = (): Promise<EventPage> =>
    Promise.resolve({ events: [], reset: 'expired', last: { id: '7.40', sequence: 40 }, more: false })
  const { port } = await serve(t, clusterOf({ ...source.events, after }), { limits: null })
  const stream = await openStream(t, port, PATH, { 'Last-Event-ID': '7.3' })
  await stream.until('a message', ({ messages }) => messages.length === 1)
  t.match(stream.messages[0]?.event, { type: 'stream_reset', reason: 'expired' })
})
