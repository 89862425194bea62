/** One listener on the cluster for all streams of this server: a node elsewhere sends each event once. */
import type { EventSource, StreamEvent } from '../../cluster/cluster.ts'

/** Spreads the events of the cluster. */
export interface FanOut {
  /** Calls `listener` for every event from now on, in order. Returns what ends it. */
  subscribe(listener: (event: StreamEvent) => void): () => void
}

/** Listens while somebody does. */
export const createFanOut = (source: Pick<EventSource, 'listen'>): FanOut => {
  const listeners = new Set<(event: StreamEvent) => void>()
  let stop: (() => void) | undefined

  const spread = (event: StreamEvent) => {
    for (const listener of listeners) listener(event)
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener)
      stop ??= source.listen(spread)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop?.()
        stop = undefined
      }
    },
  }
}
