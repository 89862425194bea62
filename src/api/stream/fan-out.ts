/**
 * One listener on the cluster for all streams of this server: a node elsewhere sends each event once. What happens in one turn of the
 * event loop goes on at its end as one list, of which the bytes are made once for all streams that want the same of it.
 */
import type { EventSource, StreamEvent } from '../../cluster/cluster.ts'

/** The events of one turn, in order: one at the least. */
export type Turn = {
  readonly events: readonly [StreamEvent, ...StreamEvent[]]
  /** True where no position goes back: who has not seen the first has seen none of them. */
  readonly isRising: boolean
}

/** Spreads the events of the cluster. */
export interface FanOut {
  /** Calls `listener` with the events from now on, turn by turn. Returns what ends it. */
  subscribe(listener: (turn: Turn) => void): () => void
  /** Spreads at once what has happened in this turn. */
  flush(): void
}

const turnOf = (events: Turn['events']): Turn => {
  let position = -1
  const isRising = events.every(({ sequence, event: { type } }) => {
    const rises = type === 'device_update' ? sequence >= position : sequence > position
    position = sequence
    return rises && type !== 'stream_reset'
  })
  return { events, isRising }
}

/** Listens while somebody does. */
export const createFanOut = (source: Pick<EventSource, 'listen'>): FanOut => {
  const listeners = new Set<(turn: Turn) => void>()
  let stop: (() => void) | undefined
  let waiting: StreamEvent[] = []

  const flush = () => {
    const [first, ...others] = waiting
    waiting = []
    if (first === undefined) return
    const turn = turnOf([first, ...others])
    for (const listener of listeners) listener(turn)
  }
  const collect = (event: StreamEvent) => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push(event)
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener)
      stop ??= source.listen(collect)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop?.()
        stop = undefined
        waiting = []
      }
    },
    flush,
  }
}
