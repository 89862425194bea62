/** Sums over ended tasks. */
import type { TaskEnds } from './ports/store.ts'

/** How the tasks of a group ended. */
export type Ends = { readonly completed: number; readonly failed: number; readonly cancelled: number }

/** Sums, with the mean running time of the completed ones: seconds, three decimals; null where there is none. */
export type Tally = Ends & {
  readonly averageSeconds: number | null
  /** The same, as it is. */
  readonly exactSeconds: number | null
}

/** Sums a group of rows. */
export const tally = (rows: Iterable<TaskEnds>): Tally => {
  const ends = { completed: 0, failed: 0, cancelled: 0 }
  let completedSeconds = 0
  for (const { status, count, execution_seconds } of rows) {
    if (status === 'pending' || status === 'running') continue
    ends[status] += count
    if (status === 'completed') completedSeconds += execution_seconds
  }
  const exactSeconds = ends.completed === 0 ? null : completedSeconds / ends.completed
  const averageSeconds = exactSeconds === null ? null : Math.round(exactSeconds * 1000) / 1000
  return { ...ends, averageSeconds, exactSeconds }
}

/** The rows by a key; rows without one are left out. */
export const groupBy = (rows: Iterable<TaskEnds>, keyOf: (row: TaskEnds) => string | null): Map<string, TaskEnds[]> => {
  const groups = new Map<string, TaskEnds[]>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
