/** Counts of tasks by status: from sums that triggers keep, wherever such sums answer. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskCounts, TaskFilter } from '../cluster/ports/store.ts'
import { countOfRows, type CountRow, cutBlocks, keptCounts, wholeBlocks } from './queries/tasks.ts'
import { taskRange } from './ranges.ts'
import { BLOCK, everything, type Period, periodOf, type Range } from './spans.ts'
import { perShape, query, shapeOf, type Statement, statement } from './statement.ts'
import { equalities, type FilterArguments, filterArguments, isDated } from './task-filter.ts'

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

/** Prepares a count of the rows themselves. */
export const rowCount = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<FilterArguments, CountRow> =>
  statement<FilterArguments>(db)((slot) => countOfRows(query, slot, shape))

/** A function that counts the tasks of a period: whole blocks by their sums, and those that it cuts by their rows. */
const periodCount = (db: DatabaseSync, countRows: (period: Period, range: Range) => TaskCounts) => {
  const whole = statement<Period>(db)((slot) => wholeBlocks(query, slot))
  const cut = statement<Period>(db)((slot) => cutBlocks(query, slot))
  return (period: Period): TaskCounts => {
    const ofCut = cut
      .all(period)
      .map(({ block }) => countRows(period, { from: block * BLOCK, to: (block + 1) * BLOCK }))
    return [whole.get(period) ?? none, ...ofCut].reduce(sum, none)
  }
}

/** A function that counts the tasks that match a filter, by status. */
export const taskCounting = (db: DatabaseSync): ((filter: TaskFilter) => TaskCounts) => {
  const ofRows = perShape((shape) => rowCount(db, shape))
  const kept = perShape((shape) => statement<FilterArguments>(db)((slot) => keptCounts(query, slot, shape)))
  const rangeIn = taskRange(db)
  const inPeriod = periodCount(db, ({ since, until }, range) => {
    const filter = { since_ms: since, until_ms: until }
    return countsOf(ofRows(shapeOf(filter)).all(filterArguments(filter, range)))
  })

  return (filter) => {
    const dated = isDated(filter)
    if (!dated && filter.batch_id === undefined)
      return countsOf(kept(shapeOf(filter)).all(filterArguments(filter, everything)))
    if (dated && equalities.every((column) => filter[column] === undefined)) return inPeriod(periodOf(filter))
    const range = dated ? rangeIn(periodOf(filter)) : everything
    return countsOf(ofRows(shapeOf(filter)).all(filterArguments(filter, range)))
  }
}
