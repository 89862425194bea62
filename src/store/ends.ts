/** How tasks ended, hour by hour, for both databases: whole hours by their sums, the hour that a question cuts by its rows. */
import type { TaskEnds } from '../cluster/ports/store.ts'
import type { TaskEndsTable } from './tables.ts'

/** An hour, as the triggers of the first migrations cut it. */
export const HOUR_MS = 3_600_000

/** What answers the question for the ends from an instant on. */
export type EndsParts = {
  /** The hour of the instant. */
  readonly hour_ms: number
  /** The part of that hour whose rows are counted; undefined where all of it is asked for. */
  readonly cut: { readonly from: number; readonly to: number } | undefined
  /** From here on the sums tell. */
  readonly from: number
}

/** Divides such a question. */
export const partsOfEnds = (since_ms: number): EndsParts => {
  const hour_ms = Math.floor(since_ms / HOUR_MS) * HOUR_MS
  const next = hour_ms + HOUR_MS
  return since_ms === hour_ms
    ? { hour_ms, cut: undefined, from: hour_ms }
    : { hour_ms, cut: { from: since_ms, to: next }, from: next }
}

const endsOf = ({ hour_ms, device_id, task_type, status, tasks, execution_ms }: TaskEndsTable): TaskEnds => ({
  hour_ms,
  device_id: device_id === '' ? null : device_id,
  task_type,
  status,
  count: tasks,
  execution_seconds: execution_ms / 1000,
})

/** Puts the answers together: the rows of the hour that is cut, which are of all devices, and the sums. */
export const endsTogether = (
  { hour_ms }: EndsParts,
  rows: readonly Omit<TaskEndsTable, 'hour_ms'>[],
  sums: readonly TaskEndsTable[],
  device_id?: string,
): TaskEnds[] => [
  ...rows
    .filter((row) => device_id === undefined || row.device_id === device_id)
    .map((row) => endsOf({ ...row, hour_ms })),
  ...sums.map(endsOf),
]
