/** Counts of tasks by status: from sums that triggers keep, wherever such sums answer. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskStatus } from '../../schemas/index.ts'
import type { TaskCounts, TaskFilter } from '../cluster/ports/store.ts'
import { BLOCK, everything, type Period, periodOf, type Range, taskRange } from './spans.ts'
import { perShape, query, shapeOf, type Statement, statement } from './statement.ts'
import { equalities, type FilterArguments, filterArguments, isDated } from './task-filter.ts'

type CountRow = { status: TaskStatus; tasks: number }

const none: TaskCounts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }

/** Counts from rows that may leave a status out. */
export const countsOf = (rows: readonly CountRow[]): TaskCounts => ({
  ...none,
  ...Object.fromEntries(rows.map(({ status, tasks }) => [status, tasks])),
})

const sum = (one: TaskCounts, other: TaskCounts): TaskCounts => ({
  pending: one.pending + other.pending,
  running: one.running + other.running,
  completed: one.completed + other.completed,
  failed: one.failed + other.failed,
  cancelled: one.cancelled + other.cancelled,
})

/** Prepares a count of the rows themselves. */
export const rowCount = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<FilterArguments, CountRow> =>
  statement<FilterArguments>(db)((slot) => {
    let rows = query.selectFrom('tasks').where('sequence', '>=', slot('from')).where('sequence', '<', slot('to'))
    for (const column of equalities) if (shape.has(column)) rows = rows.where(column, '=', slot(column))
    if (shape.has('since_ms')) rows = rows.where('created_ms', '>=', slot('since'))
    if (shape.has('until_ms')) rows = rows.where('created_ms', '<', slot('until'))
    return rows.groupBy('status').select((e) => ['status', e.fn.countAll<number>().as('tasks')])
  })

/** Prepares a sum over `task_counts`. */
const keptCount = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<FilterArguments, CountRow> =>
  statement<FilterArguments>(db)((slot) => {
    let rows = query.selectFrom('task_counts')
    for (const column of ['status', 'device_id', 'task_type', 'priority'] as const)
      if (shape.has(column)) rows = rows.where(column, '=', slot(column))
    return rows.groupBy('status').select((e) => ['status', e.fn.sum<number>('tasks').as('tasks')])
  })

/** A function that counts the tasks of a period: whole blocks by their sums, and those that it cuts by their rows. */
const periodCount = (db: DatabaseSync, countRows: (period: Period, range: Range) => TaskCounts) => {
  const whole = statement<Period>(db)((slot) =>
    query
      .selectFrom('task_spans')
      .where('min_created_ms', '>=', slot('since'))
      .where('max_created_ms', '<', slot('until'))
      .select((e) => [
        e.fn.coalesce(e.fn.sum<number>('pending'), e.lit(0)).as('pending'),
        e.fn.coalesce(e.fn.sum<number>('running'), e.lit(0)).as('running'),
        e.fn.coalesce(e.fn.sum<number>('completed'), e.lit(0)).as('completed'),
        e.fn.coalesce(e.fn.sum<number>('failed'), e.lit(0)).as('failed'),
        e.fn.coalesce(e.fn.sum<number>('cancelled'), e.lit(0)).as('cancelled'),
      ]),
  )
  const cut = statement<Period>(db)((slot) =>
    query
      .selectFrom('task_spans')
      .where('max_created_ms', '>=', slot('since'))
      .where('min_created_ms', '<', slot('until'))
      .where((e) => e.or([e('min_created_ms', '<', slot('since')), e('max_created_ms', '>=', slot('until'))]))
      .select('block'),
  )
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
  const kept = perShape((shape) => keptCount(db, shape))
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
