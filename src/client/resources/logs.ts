/** The log of the cluster. */
import type { CallOptions, Connection } from '../connection.ts'
import type { DataOf, QueryOf, Schemas } from '../operations.ts'
import { walk } from '../pages.ts'

/** The operations on the log. */
export interface LogsResource {
  /** One page of the log, newest first. */
  list(query?: QueryOf<'listLogs'>, call?: CallOptions): Promise<DataOf<'listLogs'>>
  /** All lines that match, newest first, page after page. */
  iterate(
    filters?: Omit<QueryOf<'listLogs'>, 'cursor'>,
    call?: CallOptions,
  ): AsyncGenerator<Schemas['LogEntry'], void, undefined>
}

/** The operations on the log, over a connection. */
export const logsResource = (connection: Connection): LogsResource => {
  const list: LogsResource['list'] = (query = {}, call = {}) => connection.call('listLogs', { query, call })
  return {
    list,
    iterate: (filters = {}, call = {}) =>
      walk(
        (cursor) => list(cursor === undefined ? filters : { ...filters, cursor }, call),
        ({ logs }) => logs,
      ),
  }
}
