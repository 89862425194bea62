/** Queries of the cluster's log. */
import { sql } from 'kysely'
import { logLevels } from '../../../schemas/index.ts'
import type { LogFilter } from '../../cluster/ports/store.ts'
import { type Query, shapeOf, type Slots } from '../slots.ts'
import { type Period, periodOf, type Range } from '../spans.ts'
import type { LogsTable } from '../tables.ts'

const equalities = ['component', 'device_id', 'task_id'] as const

/** What a statement that filters lines takes. */
export type LogArguments = Pick<LogsTable, 'device_id' | 'task_id'> & { component: string | null } & Range & Period

/** Values for every filter; a statement binds those that its shape has. */
export const logArguments = (filter: LogFilter, range: Range): LogArguments => ({
  component: filter.component ?? null,
  device_id: filter.device_id ?? null,
  task_id: filter.task_id ?? null,
  ...range,
  ...periodOf(filter),
})

/** The shape of a filter: the level by its name, the others as they are there. */
export const shapeOfLogs = ({ level, ...others }: LogFilter): string[] => [level, ...shapeOf(others)]

/** The lines that match. The level is a literal: only so is it seen that the index of that level holds them all. */
const matching = (query: Query, slot: Slots<LogArguments>, shape: ReadonlySet<string>) => {
  let lines = query.selectFrom('logs').where('sequence', '>=', slot('from')).where('sequence', '<', slot('to'))
  const level = logLevels.findIndex((name) => shape.has(name))
  if (level > 0) lines = lines.where('level', '>=', sql.lit(level))
  for (const column of equalities) if (shape.has(column)) lines = lines.where(column, '=', slot(column))
  if (shape.has('since_ms')) lines = lines.where('at_ms', '>=', slot('since'))
  if (shape.has('until_ms')) lines = lines.where('at_ms', '<', slot('until'))
  return lines
}

/** A page, newest first. */
export const pageOfLogs = (query: Query, slot: Slots<LogArguments & { limit: number }>, shape: ReadonlySet<string>) =>
  matching(query, slot as Slots<LogArguments>, shape)
    .select(['sequence', 'at_ms', 'entry'])
    .orderBy('sequence', 'desc')
    .limit(slot('limit'))

/** Lines are counted one by one: `logging.max_size` keeps them few (10 MB are some 50,000). */
export const countOfLogs = (query: Query, slot: Slots<LogArguments>, shape: ReadonlySet<string>) =>
  matching(query, slot, shape).select((e) => e.fn.countAll<number>().as('lines'))

/** The first and the last block that a period touches. */
export const blocksOfLogs = (query: Query, slot: Slots<Period>) =>
  query
    .selectFrom('log_spans')
    .where('max_at_ms', '>=', slot('since'))
    .where('min_at_ms', '<', slot('until'))
    .select((e) => [e.fn.min<number | null>('block').as('first'), e.fn.max<number | null>('block').as('last')])
