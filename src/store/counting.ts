/** Counts of tasks, for both databases: what answers a question, and what rows say. Whoever runs the queries puts them together. */
import type { BatchSummary, TaskCounts, TaskFilter } from '../cluster/ports/store.ts'
import type { CountRow } from './queries/tasks.ts'
import { equalities, isDated } from './task-filter.ts'

/** No task at all. */
export const none: TaskCounts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }

/** Counts from rows that may leave a status out. */
export const countsOf = (rows: readonly CountRow[]): TaskCounts => ({
  ...none,
  ...Object.fromEntries(rows.map(({ status, tasks }) => [status, tasks])),
})

/** Both together. */
export const sum = (one: TaskCounts, other: TaskCounts): TaskCounts => ({
  pending: one.pending + other.pending,
  running: one.running + other.running,
  completed: one.completed + other.completed,
  failed: one.failed + other.failed,
  cancelled: one.cancelled + other.cancelled,
})

/**
 * By what the tasks of a filter are counted. `sums`: those of all tasks; `blocks`: the sums of the blocks that lie in the
 * period whole, and the rows of those that it cuts; `rows`: what matches, within the blocks that the period touches.
 */
export const wayToCount = (filter: TaskFilter): 'sums' | 'blocks' | 'rows' => {
  if (!isDated(filter)) return filter.batch_id === undefined ? 'sums' : 'rows'
  return equalities.every((column) => filter[column] === undefined) ? 'blocks' : 'rows'
}

/** A batch from its rows by status; undefined where there is none. */
export const summaryOf = (
  rows: readonly (CountRow & { first_created_ms: number; last_ended_ms: number | null })[],
): BatchSummary | undefined => {
  if (rows.length === 0) return undefined
  const ends = rows.map((row) => row.last_ended_ms).filter((end) => end !== null)
  return {
    counts: countsOf(rows),
    first_created_ms: Math.min(...rows.map((row) => row.first_created_ms)),
    last_ended_ms: ends.length === 0 ? null : Math.max(...ends),
  }
}
