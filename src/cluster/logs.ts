/** The log of the cluster, as users read it. */
import type { LogList, LogListQuery } from '../../schemas/index.ts'
import { fromCursor, isSequence, toCursor } from './cursor.ts'
import { fromInstant } from './instants.ts'
import type { LogFilter, Store } from './ports/store.ts'

const DEFAULT_LIMIT = 100

const filterOf = ({ level = 'info', device_id, task_id, component, since, until }: LogListQuery): LogFilter => ({
  level,
  ...(device_id === undefined ? {} : { device_id }),
  ...(task_id === undefined ? {} : { task_id }),
  ...(component === undefined ? {} : { component }),
  ...(since === undefined ? {} : { since_ms: fromInstant(since) }),
  ...(until === undefined ? {} : { until_ms: fromInstant(until) }),
})

/** A page of the log, newest first. Errors: `VALIDATION_ERROR` for a foreign cursor. */
export const listLogs = async (store: Store, query: LogListQuery): Promise<LogList> => {
  const { limit = DEFAULT_LIMIT, cursor } = query
  const filter = filterOf(query)
  const before = cursor === undefined ? undefined : fromCursor(cursor, filter, isSequence)
  const [rows, total] = await Promise.all([
    store.logs(filter, { limit: limit + 1, ...(before === undefined ? {} : { before }) }),
    store.logCount(filter),
  ])
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    logs: page.map(({ entry }) => entry),
    total,
    next_cursor: rows.length > limit && last !== undefined ? toCursor(last.sequence, filter) : null,
  }
}
