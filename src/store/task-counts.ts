/** Counts of tasks by status: from sums that triggers keep, wherever such sums answer. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskCounts, TaskFilter } from '../cluster/ports/store.ts'
import { countsOf, none, sum, wayToCount } from './counting.ts'
import { countOfRows, type CountRow, cutBlocks, keptCounts, wholeBlocks } from './queries/tasks.ts'
import { taskRange } from './ranges.ts'
import { everything, type Period, periodOf, type Range, rangeOf } from './spans.ts'
import { perShape, query, shapeOf, type Statement, statement } from './statement.ts'
import { type FilterArguments, filterArguments, isDated } from './task-filter.ts'

/** Prepares a count of the rows themselves. */
export const rowCount = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<FilterArguments, CountRow> =>
  statement<FilterArguments>(db)((slot) => countOfRows(query, slot, shape))

/** A function that counts the tasks that match a filter, by status. */
export const taskCounting = (db: DatabaseSync): ((filter: TaskFilter) => TaskCounts) => {
  const rows = perShape((shape) => rowCount(db, shape))
  const kept = perShape((shape) => statement<FilterArguments>(db)((slot) => keptCounts(query, slot, shape)))
  const whole = statement<Period>(db)((slot) => wholeBlocks(query, slot))
  const cut = statement<Period>(db)((slot) => cutBlocks(query, slot))
  const rangeIn = taskRange(db)

  const ofRows = (filter: TaskFilter, range: Range) =>
    countsOf(rows(shapeOf(filter)).all(filterArguments(filter, range)))
  const ofBlocks = (filter: TaskFilter) => {
    const period = periodOf(filter)
    const ofCut = cut.all(period).map(({ block }) => ofRows(filter, rangeOf({ first: block, last: block })))
    return [whole.get(period) ?? none, ...ofCut].reduce(sum, none)
  }

  return (filter) => {
    switch (wayToCount(filter)) {
      case 'sums':
        return countsOf(kept(shapeOf(filter)).all(filterArguments(filter, everything)))
      case 'blocks':
        return ofBlocks(filter)
      case 'rows':
        return ofRows(filter, isDated(filter) ? rangeIn(periodOf(filter)) : everything)
    }
  }
}
