/** The log of the cluster. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { type LogEntry, logLevels } from '../../schemas/index.ts'
import type { StoredLog } from '../cluster/ports/records.ts'
import type { LogFilter, Page } from '../cluster/ports/store.ts'
import { everything, logRange, type Period, periodOf, type Range } from './spans.ts'
import { perShape, query, shapeOf, type Slots, type Statement, statement } from './statement.ts'
import type { LogsTable } from './tables.ts'

const columns = ['sequence', 'at_ms', 'level', 'component', 'device_id', 'task_id', 'entry'] as const
const equalities = ['component', 'device_id', 'task_id'] as const

type FilterArguments = Pick<LogsTable, 'device_id' | 'task_id'> & { component: string | null } & Range & Period
type PageArguments = FilterArguments & { limit: number }
type LogRow = Pick<LogsTable, 'sequence' | 'at_ms' | 'entry'>

const filterArguments = (filter: LogFilter, range: Range): FilterArguments => ({
  component: filter.component ?? null,
  device_id: filter.device_id ?? null,
  task_id: filter.task_id ?? null,
  ...range,
  ...periodOf(filter),
})

/** The shape of a filter: the level by its name, the others as they are there. */
const levelShape = ({ level, ...others }: LogFilter): string[] => [level, ...shapeOf(others)]

/** The lines that match. The level is a literal: only so does SQLite see that the index of that level holds them all. */
const matching = (slot: Slots<PageArguments>, shape: ReadonlySet<string>) => {
  let lines = query.selectFrom('logs').where('sequence', '>=', slot('from')).where('sequence', '<', slot('to'))
  const level = logLevels.findIndex((name) => shape.has(name))
  if (level > 0) lines = lines.where('level', '>=', sql.lit(level))
  for (const column of equalities) if (shape.has(column)) lines = lines.where(column, '=', slot(column))
  if (shape.has('since_ms')) lines = lines.where('at_ms', '>=', slot('since'))
  if (shape.has('until_ms')) lines = lines.where('at_ms', '<', slot('until'))
  return lines
}

/** Prepares a page of one shape of filter, newest first. */
export const logPage = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<PageArguments, LogRow> =>
  statement<PageArguments>(db)((slot) =>
    matching(slot, shape).select(['sequence', 'at_ms', 'entry']).orderBy('sequence', 'desc').limit(slot('limit')),
  )

/** The log. */
export type LogTable = {
  /** Writes a line. Call it inside a transaction. */
  save(line: StoredLog): void
  page(filter: LogFilter, page: Page): StoredLog[]
  /** Lines are counted one by one: `logging.max_size` keeps them few (10 MB are some 50,000). */
  count(filter: LogFilter): number
}

/** Prepares the statements of the log. */
export const logTable = (db: DatabaseSync): LogTable => {
  const save = statement<LogsTable>(db)((slot) => query.replaceInto('logs').values(slot.each(columns)))
  const pages = perShape((shape) => logPage(db, shape))
  const counts = perShape((shape) =>
    statement<PageArguments>(db)((slot) => matching(slot, shape).select((e) => e.fn.countAll<number>().as('lines'))),
  )
  const rangeIn = logRange(db)
  const rangeOf = (filter: LogFilter): Range =>
    filter.since_ms === undefined && filter.until_ms === undefined ? everything : rangeIn(periodOf(filter))

  return {
    save: ({ sequence, at_ms, entry }) => {
      const { component, device_id, task_id } = entry
      const level = logLevels.indexOf(entry.level)
      save.run({ sequence, at_ms, level, component, device_id, task_id, entry: JSON.stringify(entry) })
    },
    page: (filter, { before = everything.to, limit }) => {
      const { from, to } = rangeOf(filter)
      return pages(levelShape(filter))
        .all({ ...filterArguments(filter, { from, to: Math.min(to, before) }), limit })
        .map(({ sequence, at_ms, entry }) => ({ sequence, at_ms, entry: JSON.parse(entry) as LogEntry }))
    },
    count: (filter) =>
      counts(levelShape(filter)).get({ ...filterArguments(filter, rangeOf(filter)), limit: 0 })?.lines ?? 0,
  }
}
