/**
 * What one stream gets: first what it missed, read page by page, then what happens, without a gap or a repeat between the two.
 * It is attached to what happens first; an event that comes twice is known by its sequence.
 */
import type { EventPage, EventSource, StreamEvent } from '../../cluster/cluster.ts'
import type { FanOut, Turn } from './fan-out.ts'
import { frameOf, framesOf, type Wanted } from './frames.ts'
import { BEHIND_LIMIT, type Reader } from './reader.ts'

/** Events of a page: at 8 KiB each, the longest, a page is about as much as a client may be behind. */
const PAGE = 128

/** Microseconds since 1970 by a clock that never goes back: no two events of this process happen within one. */
const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1000)

/** Tells that the events after a position are lost. Its id has the form of telemetry's: the last kept event, and a number never used twice. */
const resetEvent = ({ last }: EventPage, reason: 'expired' | 'unknown'): StreamEvent => ({
  id: `${last.id}.${nowMicros()}`,
  sequence: last.sequence,
  event: { type: 'stream_reset', timestamp: new Date().toISOString(), reason },
})

/** What a feed is made of. */
export type FeedOptions = {
  readonly source: Pick<EventSource, 'after'>
  readonly fanOut: FanOut
  readonly reader: Reader
  readonly wanted: Wanted
}

/** The events of one stream. */
export interface Feed {
  /** Reads where the stream begins: after `lastEventId`; null: now. */
  first(lastEventId: string | null): Promise<EventPage>
  /** Sends the first page, and all that follows. Rejects where a page cannot be read. */
  follow(first: EventPage): Promise<void>
  /** Ends it. */
  stop(): void
}

/** A feed that holds back what happens until it is followed. */
export const createFeed = ({ source, fanOut, reader, wanted }: FeedOptions): Feed => {
  /** The sequence of the last kept event that went by, sent or not. */
  let position = -1
  /** What happened while a page was read; undefined once there is nothing more to read. */
  let held: StreamEvent[] | undefined = []
  let heldBytes = 0

  const isNew = ({ sequence, event: { type } }: StreamEvent): boolean =>
    type === 'stream_reset' || (type === 'device_update' ? sequence >= position : sequence > position)

  /** The frame of an event that is to be sent; notes that it went by. */
  const pass = (event: StreamEvent): Buffer[] => {
    if (!isNew(event)) return []
    position = event.sequence
    return wanted(event.event) ? [frameOf(event)] : []
  }
  const send = (events: readonly StreamEvent[]) => reader.send(Buffer.concat(events.flatMap(pass)))
  const sendTurn = (turn: Turn) => {
    const { events, isRising } = turn
    if (!isRising || !isNew(events[0])) {
      send(events)
      return
    }
    // All of it is new here, as it is to nearly every stream: these share its bytes.
    position = (events.at(-1) ?? events[0]).sequence
    reader.send(framesOf(turn, wanted))
  }
  const hold = (events: StreamEvent[], event: StreamEvent) => {
    if (!wanted(event.event)) return
    events.push(event)
    heldBytes += frameOf(event).length
    // It reads neither what it missed nor, some day, this.
    if (heldBytes > BEHIND_LIMIT) reader.cutOff()
  }

  const stop = fanOut.subscribe((turn) => {
    if (held === undefined) sendTurn(turn)
    else for (const event of turn.events) hold(held, event)
  })
  const pageAfter = (id: string | null): Promise<EventPage> => {
    // All that happened before this call is on disk, so that the page, or the next one, has it.
    held = []
    heldBytes = 0
    return source.after({ id, limit: PAGE })
  }

  return {
    first: pageAfter,
    follow: async (first) => {
      for (let page = first; ;) {
        const missed = page.reset === null ? page.events : [resetEvent(page, page.reset), ...page.events]
        reader.sendAll(missed.flatMap(pass))
        if (!(await reader.drained())) return
        const end = page.events.at(-1)
        if (!page.more || end === undefined) {
          position = Math.max(position, page.last.sequence)
          break
        }
        page = await pageAfter(end.id)
      }
      const happened = held ?? []
      held = undefined
      send(happened)
    },
    stop,
  }
}
