/** Ends of a worker that nobody asked for, as its device tells of them. Pure. */
import { type HelloParams, MOST_UNCLEAN_STOPS, type UncleanStop } from '../../schemas/index.ts'
import { toInstant } from './instants.ts'
import type { DeviceRecord } from './ports/records.ts'

const isSameRun = (a: UncleanStop, b: UncleanStop) =>
  a.started_at === b.started_at && a.last_alive_at === b.last_alive_at

/**
 * What a hello tells that is not known yet: a device whose welcome was lost on the way tells the same again.
 * @param now - epoch milliseconds
 */
export const newStops = (
  { unclean_stops }: Pick<DeviceRecord, 'unclean_stops'>,
  { unclean_stops: told = [] }: Pick<HelloParams, 'unclean_stops'>,
  now: number,
): UncleanStop[] =>
  told
    .map(({ kind, message, started_ms, last_alive_ms }) => ({
      kind,
      message,
      started_at: toInstant(started_ms),
      last_alive_at: toInstant(last_alive_ms),
      reported_at: toInstant(now),
    }))
    .filter((stop) => !unclean_stops.some((known) => isSameRun(known, stop)))

/** The stops that are kept: the last ones. */
export const withStops = (known: readonly UncleanStop[], more: readonly UncleanStop[]): readonly UncleanStop[] =>
  more.length === 0 ? known : [...known, ...more].slice(-MOST_UNCLEAN_STOPS)
