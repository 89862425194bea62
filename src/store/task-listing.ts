/** Pages of tasks. */
import type { DatabaseSync } from 'node:sqlite'
import type { ListedTask } from '../cluster/ports/records.ts'
import type { Page, TaskFilter } from '../cluster/ports/store.ts'
import { everything, periodOf, taskRange } from './spans.ts'
import { perShape, query, shapeOf, type Statement, statement } from './statement.ts'
import { equalities, type FilterArguments, filterArguments, isDated } from './task-filter.ts'
import { listedOf, type TaskRow } from './task-record.ts'

/** Prepares a page of one shape of filter, newest first. */
export const taskPage = (
  db: DatabaseSync,
  shape: ReadonlySet<string>,
): Statement<FilterArguments & { limit: number }, Pick<TaskRow, 'record'>> =>
  statement<FilterArguments & { limit: number }>(db)((slot) => {
    let page = query
      .selectFrom('tasks')
      .select('record')
      .where('sequence', '>=', slot('from'))
      .where('sequence', '<', slot('to'))
    for (const column of equalities) if (shape.has(column)) page = page.where(column, '=', slot(column))
    if (shape.has('since_ms')) page = page.where('created_ms', '>=', slot('since'))
    if (shape.has('until_ms')) page = page.where('created_ms', '<', slot('until'))
    return page.orderBy('sequence', 'desc').limit(slot('limit'))
  })

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
