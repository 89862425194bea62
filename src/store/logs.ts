/** The log of the cluster. */
import type { DatabaseSync } from 'node:sqlite'
import type { StoredLog } from '../cluster/ports/records.ts'
import type { LogFilter, Page } from '../cluster/ports/store.ts'
import { countOfLogs, type LogArguments, logArguments, pageOfLogs, shapeOfLogs } from './queries/logs.ts'
import { logOf, logRowOf } from './rows.ts'
import { logRange } from './ranges.ts'
import { everything, periodOf, type Range } from './spans.ts'
import { perShape, query, type Statement, statement } from './statement.ts'
import type { LogsTable } from './tables.ts'

const columns = ['sequence', 'at_ms', 'level', 'component', 'device_id', 'task_id', 'entry'] as const
type PageArguments = LogArguments & { limit: number }
type LogRow = Pick<LogsTable, 'sequence' | 'at_ms' | 'entry'>

/** Prepares a page of one shape of filter, newest first. */
export const logPage = (db: DatabaseSync, shape: ReadonlySet<string>): Statement<PageArguments, LogRow> =>
  statement<PageArguments>(db)((slot) => pageOfLogs(query, slot, shape))

/** The log. */
export type LogTable = {
  /** Writes a line. Call it inside a transaction. */
  save(line: StoredLog): void
  page(filter: LogFilter, page: Page): StoredLog[]
  count(filter: LogFilter): number
}

/** Prepares the statements of the log. */
export const logTable = (db: DatabaseSync): LogTable => {
  const save = statement<LogsTable>(db)((slot) => query.replaceInto('logs').values(slot.each(columns)))
  const pages = perShape((shape) => logPage(db, shape))
  const counts = perShape((shape) => statement<LogArguments>(db)((slot) => countOfLogs(query, slot, shape)))
  const rangeIn = logRange(db)
  const rangeOf = (filter: LogFilter): Range =>
    filter.since_ms === undefined && filter.until_ms === undefined ? everything : rangeIn(periodOf(filter))

  return {
    save: (line) => void save.run(logRowOf(line)),
    page: (filter, { before = everything.to, limit }) => {
      const { from, to } = rangeOf(filter)
      return pages(shapeOfLogs(filter))
        .all({ ...logArguments(filter, { from, to: Math.min(to, before) }), limit })
        .map(logOf)
    },
    count: (filter) => counts(shapeOfLogs(filter)).get(logArguments(filter, rangeOf(filter)))?.lines ?? 0,
  }
}
