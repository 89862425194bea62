/** The monitor stream's source: live events in the order of their commits, and the kept ones to resume from. */
import type { MonitorEvent } from '../../schemas/index.ts'
import type { EventSource, StreamEvent } from './cluster.ts'
import type { Clock } from './ports/clock.ts'
import type { StoredEvent } from './ports/records.ts'
import type { Store } from './ports/store.ts'

/** The source, and the two ends that feed it. */
export interface EventHub extends EventSource {
  /** Events that are on disk. */
  publish(events: readonly StoredEvent[]): void
  /** Telemetry: told, not kept. */
  tell(event: MonitorEvent): void
}

const parseId = (id: string): { epoch: number; sequence: number } | undefined => {
  const match = /^(\d{1,16})\.(\d{1,16})(\.\d{1,16})?$/.exec(id)
  return match === null ? undefined : { epoch: Number(match[1]), sequence: Number(match[2]) }
}

/**
 * A hub that continues a store's sequence.
 * @param lastSequence - the sequence of the last event that was ever given out and is on disk
 */
export const createEventHub = (epoch: number, lastSequence: () => number, store: Store, clock: Clock): EventHub => {
  const listeners = new Set<(event: StreamEvent) => void>()
  let published = lastSequence()
  // Microseconds of this run's start: two runs never use a number twice, below a million telemetries a second.
  let told = clock.now() * 1000

  const spread = (event: StreamEvent) => {
    for (const listener of listeners) listener(event)
  }
  const idOf = (sequence: number) => `${epoch}.${sequence}`
  const toStream = ({ sequence, event }: StoredEvent): StreamEvent => ({ id: idOf(sequence), sequence, event })

  return {
    publish: (events) => {
      for (const stored of events) {
        published = stored.sequence
        if (listeners.size > 0) spread(toStream(stored))
      }
    },
    tell: (event) => {
      told += 1
      if (listeners.size > 0) spread({ id: `${idOf(published)}.${told}`, sequence: published, event })
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    after: async ({ id, limit }) => {
      const last = { id: idOf(published), sequence: published }
      const nothing = { events: [], last, more: false }
      if (id === null) return { ...nothing, reset: null }
      const position = parseId(id)
      if (position?.epoch !== epoch || position.sequence > published) return { ...nothing, reset: 'unknown' }
      const first = await store.firstEventSequence()
      // Nothing is missing where the next event is the oldest that is kept, or none ever followed.
      if (position.sequence < published && (first === undefined || position.sequence + 1 < first))
        return { ...nothing, reset: 'expired' }
      const rows = await store.eventsAfter(position.sequence, limit)
      return { events: rows.map(toStream), reset: null, last, more: rows.length === limit }
    },
  }
}
