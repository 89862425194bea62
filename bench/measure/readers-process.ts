/** Reads streams of events when it is asked to, over raw sockets: an event is a line that begins with `data:`. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { answer } from './asked.ts'
import type { Delivered, Reading } from './readers.ts'

const MARK = Buffer.from('\ndata: ')

type Stream = { readonly socket: Socket; events: number; rest: Buffer }

const streams: Stream[] = []
/** Called when a stream has got something. */
let onEvents: (stream: Stream) => void = () => undefined

const take = (stream: Stream, chunk: Buffer) => {
  const bytes = stream.rest.length === 0 ? chunk : Buffer.concat([stream.rest, chunk])
  let from = 0
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, from)) {
    stream.events += 1
    from = at + MARK.length
  }
  // A mark may be torn.
  stream.rest = bytes.subarray(Math.max(from, bytes.length - MARK.length + 1))
  onEvents(stream)
}

const open = async ({ port, path, headers }: Reading): Promise<Stream> => {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`GET ${path} HTTP/1.1\r\naccept: text/event-stream\r\n${lines.join('\r\n')}\r\n\r\n`)
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.toString().startsWith('HTTP/1.1 200')) throw new Error(head.toString())
  const stream: Stream = { socket, events: 0, rest: Buffer.alloc(0) }
  socket.on('data', (chunk: Buffer) => take(stream, chunk))
  return stream
}

/** Causes events once, and waits until every stream has them. */
const round = async ({ port, headers, cause }: Reading): Promise<void> => {
  const wanted = (streams[0]?.events ?? 0) + cause.events
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const missing = new Set(streams)
  onEvents = (stream) => {
    if (stream.events < wanted) return
    missing.delete(stream)
    if (missing.size === 0) resolve(undefined)
  }
  const response = await fetch(`http://127.0.0.1:${port}${cause.path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: cause.body,
  })
  if (!response.ok) throw new Error(await response.text())
  await response.arrayBuffer()
  await promise
}

answer(async (reading: Reading): Promise<Delivered> => {
  while (streams.length < reading.streams) streams.push(await open(reading))
  const begunMs = performance.now()
  let rounds = 0
  while (performance.now() - begunMs < reading.seconds * 1000) {
    await round(reading)
    rounds += 1
  }
  const elapsed = (performance.now() - begunMs) / 1000
  const events = rounds * reading.cause.events * reading.streams
  return { events, perSecond: events / elapsed }
})
