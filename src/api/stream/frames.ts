/** Messages of the monitor stream as they go onto the wire (WHATWG HTML §9.2, "Server-sent events"). */
import type { MonitorEvent } from '../../../schemas/index.ts'
import type { StreamEvent } from '../../cluster/cluster.ts'
import type { Turn } from './fan-out.ts'

/** Milliseconds after which a client that lost its stream should come back. */
const RETRY_MS = 2000

const frames = new WeakMap<StreamEvent, Buffer>()

/** An event as an unnamed message with its id. Made once, however many readers get it. */
export const frameOf = (event: StreamEvent): Buffer => {
  let frame = frames.get(event)
  if (frame === undefined) {
    frame = Buffer.from(`id: ${event.id}\ndata: ${JSON.stringify(event.event)}\n\n`)
    frames.set(event, frame)
  }
  return frame
}

/** Tells whether a stream gets an event. */
export type Wanted = (event: MonitorEvent) => boolean

const turns = new WeakMap<Turn, Map<Wanted, Buffer>>()

/** What of a turn is wanted, in one piece; empty where nothing is. Made once for all readers that want the same. */
export const framesOf = (turn: Turn, wanted: Wanted): Buffer => {
  const made = turns.get(turn) ?? new Map<Wanted, Buffer>()
  turns.set(turn, made)
  const known = made.get(wanted)
  if (known !== undefined) return known
  const bytes = Buffer.concat(turn.events.filter(({ event }) => wanted(event)).map(frameOf))
  made.set(wanted, bytes)
  return bytes
}

/**
 * The first bytes of a stream: when to come back and, of one that begins now, the event before it, so that a client that loses
 * it before the first message misses nothing. A block without data is no message.
 */
export const opening = (begin: { readonly id: string } | null): Buffer =>
  Buffer.from(`retry: ${RETRY_MS}\n${begin === null ? '' : `id: ${begin.id}\n`}\n`)

/** The last bytes of a stream that the server ends. */
export const farewell: Buffer = Buffer.from(': the server is stopping\n\n')

/** The last bytes of a stream whose key was removed, or has expired. */
export const expulsion: Buffer = Buffer.from(': the key holds no longer\n\n')
