/** The stream of events of several nodes: one order for all, without a gap or a repeat, whichever node tells it. */
import t from 'tap'
import type { ApiKeyCreated } from '../../../schemas/index.ts'
import { openStream, type Message, type OpenStream } from '../../api/open-stream.ts'
import { until } from '../../start-cluster.ts'
import { journalOf } from './journal.ts'
import { startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

// What is on a disk after a crash is asked by the faults.
const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })

const kept = (messages: readonly Message[]): Message[] => messages.filter(({ event }) => event.type !== 'device_update')
const sequenceOf = ({ id }: Message): number => Number(id.split('.')[1])

void t.test('a stream goes from node to node, while the one that schedules is killed', async (t) => {
  const url = await server.database('streams')
  const nodes = await startNodes(t, url)
  await nodes.addWorker(nodes.at(0), 'worker')
  const stopping = new AbortController()
  const load = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const at = nodes.at(number)
      await nodes.submit(at, { task_type: 'echo', payload: { message: `${number}` } }).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()

  const heard: Message[] = []
  const more = (stream: OpenStream, count: number) =>
    until(`${count} more events`, () => Promise.resolve(kept(stream.messages).length >= count || undefined))
  for (let move = 0; move < 5; move += 1) {
    const at = nodes.at(move)
    const last = heard.at(-1)
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last.id }
    const stream = await until('a stream is open', async () => {
      const opened = await openStream(t, at.port, '/api/v1/monitor/stream', headers).catch(() => undefined)
      if (opened?.status === 200) return opened
      opened?.vanish()
      return undefined
    })
    await more(stream, 20)
    if (move === 1 || move === 3) {
      const scheduling = await nodes.scheduling()
      await scheduling.end('SIGKILL')
      // Where the stream was at the other node, it goes on by itself.
      if (scheduling !== at) await more(stream, kept(stream.messages).length + 20)
      await scheduling.start()
    }
    heard.push(...kept(stream.messages))
    stream.vanish()
  }
  stopping.abort()
  await load
  const [first, last] = [heard[0], heard.at(-1)] as [Message, Message]
  const written = (await journalOf(server, url))
    .map(({ sequence }) => sequence)
    .filter((sequence) => sequence >= sequenceOf(first) && sequence <= sequenceOf(last))
  t.strictSame(heard.map(sequenceOf), written)
  t.ok(written.length >= 100)
})

void t.test('a key that is taken away at one opens nothing at another, at once', async (t) => {
  const url = await server.database('keys')
  const admin = { 'x-api-key': 'key-of-the-test' }
  const nodes = await startNodes(t, url, { count: 2, args: ['--auth', '--api-key', admin['x-api-key']] })
  const [a, b] = [nodes.at(0), nodes.at(1)]
  const made = await a.call<ApiKeyCreated>('POST', '/api/v1/keys', { name: 'reader', scopes: ['read'] }, admin)
  t.equal(made.status, 201)
  const reader = { 'x-api-key': made.data.secret }
  t.equal((await b.call('GET', '/api/v1/tasks', undefined, reader)).status, 200)
  const stream = await openStream(t, b.port, '/api/v1/monitor/stream', reader)
  t.equal((await a.call('DELETE', `/api/v1/keys/${made.data.key.id}`, undefined, admin)).status, 200)
  t.equal((await b.call('GET', '/api/v1/tasks', undefined, reader)).status, 401)
  t.equal(await stream.ended, 'whole', 'what it had opened ends')
})
