/** Pages of tasks. */
import type { DatabaseSync } from 'node:sqlite'
import type { ListedTask } from '../cluster/ports/records.ts'
import type { Page, TaskFilter } from '../cluster/ports/store.ts'
import { pageOfTasks } from './queries/tasks.ts'
import { taskRange } from './ranges.ts'
import { everything, periodOf } from './spans.ts'
import { perShape, query, shapeOf, type Statement, statement } from './statement.ts'
import { type FilterArguments, filterArguments, isDated } from './task-filter.ts'
import { listedOf, type TaskRow } from './task-record.ts'

/** Prepares a page of one shape of filter, newest first. */
export const taskPage = (
  db: DatabaseSync,
  shape: ReadonlySet<string>,
): Statement<FilterArguments & { limit: number }, Pick<TaskRow, 'record'>> =>
  statement<FilterArguments & { limit: number }>(db)((slot) => pageOfTasks(query, slot, shape))

/** A function that reads a page of tasks, newest first. */
export const taskListing = (db: DatabaseSync): ((filter: TaskFilter, page: Page) => ListedTask[]) => {
  const ofShape = perShape((shape) => taskPage(db, shape))
  const rangeIn = taskRange(db)
  return (filter, { before = everything.to, limit }) => {
    const { from, to } = isDated(filter) ? rangeIn(periodOf(filter)) : everything
    return ofShape(shapeOf(filter))
      .all({ ...filterArguments(filter, { from, to: Math.min(to, before) }), limit })
      .map(listedOf)
  }
}
