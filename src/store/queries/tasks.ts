/** Queries of tasks: pages, counts, and the blocks of sequences that a period touches. */
import type { TaskStatus } from '../../../schemas/index.ts'
import type { Query, Slots } from '../slots.ts'
import type { Period } from '../spans.ts'
import { equalities, type FilterArguments } from '../task-filter.ts'

/** Rows of a count: a status that no task has may be left out. */
export type CountRow = { status: TaskStatus; tasks: number }

/** The rows that match a shape of filter. */
const matching = (query: Query, slot: Slots<FilterArguments>, shape: ReadonlySet<string>) => {
  let rows = query.selectFrom('tasks').where('sequence', '>=', slot('from')).where('sequence', '<', slot('to'))
  for (const column of equalities) if (shape.has(column)) rows = rows.where(column, '=', slot(column))
  if (shape.has('since_ms')) rows = rows.where('created_ms', '>=', slot('since'))
  if (shape.has('until_ms')) rows = rows.where('created_ms', '<', slot('until'))
  return rows
}

/** A page, newest first. */
export const pageOfTasks = (
  query: Query,
  slot: Slots<FilterArguments & { limit: number }>,
  shape: ReadonlySet<string>,
) =>
  matching(query, slot as Slots<FilterArguments>, shape)
    .select('record')
    .orderBy('sequence', 'desc')
    .limit(slot('limit'))

/** A count of the rows themselves. */
export const countOfRows = (query: Query, slot: Slots<FilterArguments>, shape: ReadonlySet<string>) =>
  matching(query, slot, shape)
    .groupBy('status')
    .select((e) => ['status', e.fn.countAll<number>().as('tasks')])

/** A sum over `task_counts`. */
export const keptCounts = (query: Query, slot: Slots<FilterArguments>, shape: ReadonlySet<string>) => {
  let rows = query.selectFrom('task_counts')
  for (const column of ['status', 'device_id', 'task_type', 'priority'] as const)
    if (shape.has(column)) rows = rows.where(column, '=', slot(column))
  return rows.groupBy('status').select((e) => ['status', e.fn.sum<number>('tasks').as('tasks')])
}

/** The counts of the blocks that lie in a period whole. */
export const wholeBlocks = (query: Query, slot: Slots<Period>) =>
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
    ])

/** The blocks that a period cuts. */
export const cutBlocks = (query: Query, slot: Slots<Period>) =>
  query
    .selectFrom('task_spans')
    .where('max_created_ms', '>=', slot('since'))
    .where('min_created_ms', '<', slot('until'))
    .where((e) => e.or([e('min_created_ms', '<', slot('since')), e('max_created_ms', '>=', slot('until'))]))
    .select('block')

/** The first and the last block that a period touches. */
export const blocksOfTasks = (query: Query, slot: Slots<Period>) =>
  query
    .selectFrom('task_spans')
    .where('max_created_ms', '>=', slot('since'))
    .where('min_created_ms', '<', slot('until'))
    .select((e) => [e.fn.min<number | null>('block').as('first'), e.fn.max<number | null>('block').as('last')])

/** How tasks ended from an hour on, by the sums. */
export const endsByHour = (
  query: Query,
  slot: Slots<{ from: number; device_id: string | null }>,
  shape: ReadonlySet<string>,
) => {
  // PostgreSQL keeps sums that have become zero until retention looks.
  const hours = query
    .selectFrom('task_ends')
    .selectAll()
    .where('hour_ms', '>=', slot('from'))
    .where('tasks', '>', 0)
    .orderBy('hour_ms')
  return shape.has('device_id') ? hours.where('device_id', '=', slot('device_id')) : hours
}

/** How tasks ended within a part of an hour, by their rows: of all devices, so that the index of ends is the one that is followed. */
export const endsWithin = (query: Query, slot: Slots<{ from: number; to: number }>) =>
  query
    .selectFrom('tasks')
    .where('ended_ms', '>=', slot('from'))
    .where('ended_ms', '<', slot('to'))
    .groupBy(['device_id', 'task_type', 'status'])
    .select((e) => [
      e.fn.coalesce('device_id', e.val('')).as('device_id'),
      'task_type',
      'status',
      e.fn.countAll<number>().as('tasks'),
      e.fn.coalesce(e.fn.sum<number>('execution_ms'), e.lit(0)).as('execution_ms'),
    ])

/** Removes the finished tasks that ended first, of those that ended before an instant. */
export const removalOfTasks = (query: Query, slot: Slots<{ before: number; most: number }>) =>
  query
    .deleteFrom('tasks')
    .where('sequence', 'in', (e) =>
      e
        .selectFrom('tasks')
        .select('sequence')
        .where('ended_ms', '<', slot('before'))
        .orderBy('ended_ms')
        .limit(slot('most')),
    )
