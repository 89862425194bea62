/** Events that the test makes, without a node. */
import type { MonitorEvent } from '../../schemas/index.ts'
import type { Cluster, EventPage, StreamEvent } from '../../src/cluster/cluster.ts'

/** Every number from one to another, once and in order. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A line of the log, as an event. */
export const logEntry = (message: string): MonitorEvent => ({
  type: 'log_entry',
  timestamp: '2026-11-24T12:00:00.000Z',
  level: 'info',
  component: 'api',
  device_id: null,
  task_id: null,
  message,
})

/** A source of events; it keeps none. */
export const createSource = () => {
  const listeners = new Set<(event: StreamEvent) => void>()
  let sequence = 0
  let listens = 0
  const last = () => ({ id: `7.${sequence}`, sequence })
  const events: Cluster['events'] = {
    after: (): Promise<EventPage> => Promise.resolve({ events: [], reset: null, last: last(), more: false }),
    listen: (listener) => {
      listens += 1
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    events,
    publish: (event: MonitorEvent) => {
      sequence += 1
      for (const listener of listeners) listener({ id: `7.${sequence}`, sequence, event })
    },
    /** How many listen now, and how often one began to. */
    listening: () => ({ now: listeners.size, ever: listens }),
  }
}

/** A cluster of events alone. */
export const clusterOf = (events: Cluster['events']): Cluster => ({ events }) as unknown as Cluster
