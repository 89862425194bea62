/**
 * The events of a node that may be lost and found again, or whose place another one takes: listeners get each of them once, in order,
 * whoever tells them.
 */
import type { MonitorEvent } from '../../../schemas/event.ts'
import type { EventSource, StreamEvent } from '../../cluster/cluster.ts'

/** Events of a page. */
const CATCH_UP = 500

/** Passes events on. */
export interface EventRelay {
  /** Calls `listener` for every event from now on, in order. Returns what ends it. */
  listen(listener: (event: StreamEvent) => void): () => void
  /**
   * Brings the listeners what happened since the last source was followed, page by page, and from then on what happens. The last one
   * is let go. Rejects where the source cannot be read.
   * @returns what lets it go
   */
  follow(source: EventSource): Promise<() => void>
}

/** A relay that has followed nobody yet. */
export const createEventRelay = (): EventRelay => {
  const listeners = new Set<(event: StreamEvent) => void>()
  /** The last event that the listeners had; undefined before the first source. */
  let lastId: string | undefined
  let lastSequence = -1
  let letGo: () => void = () => undefined

  const spread = (event: StreamEvent) => {
    const isTelemetry = event.id.split('.').length === 3
    // What the page of a catch-up has already brought comes once more as it happens.
    if (!isTelemetry && event.sequence <= lastSequence) return
    if (!isTelemetry) {
      lastId = event.id
      lastSequence = event.sequence
    }
    for (const listener of listeners) listener(event)
  }

  /** Brings what is missing, until there is nothing more of it. */
  const catchUp = async (source: EventSource, isOver: () => boolean) => {
    for (let more = true; more && !isOver();) {
      const page = await source.after({ id: lastId ?? null, limit: CATCH_UP })
      if (isOver()) return
      if (page.reset !== null) {
        const event: MonitorEvent = { type: 'stream_reset', timestamp: new Date().toISOString(), reason: page.reset }
        lastSequence = -1
        spread({ id: page.last.id, sequence: page.last.sequence, event })
      } else if (lastId === undefined) {
        lastId = page.last.id
        lastSequence = page.last.sequence
      }
      for (const event of page.events) spread(event)
      more = page.more
    }
  }

  return {
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    follow: async (source) => {
      letGo()
      let hasEnded = false
      const isOver = () => hasEnded
      /** What happens while pages are read; undefined once there is nothing more to read. */
      let held: StreamEvent[] | undefined = []
      const stop = source.listen((event) => {
        if (held === undefined) spread(event)
        else held.push(event)
      })
      const end = () => {
        hasEnded = true
        stop()
      }
      letGo = end
      try {
        await catchUp(source, isOver)
      } catch (error) {
        end()
        throw error
      }
      const happened = held
      held = undefined
      for (const event of happened) if (!isOver()) spread(event)
      return end
    },
  }
}
