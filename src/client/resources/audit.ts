/** The audit log: who changed what, and who was refused. */
import type { CallOptions, Connection } from '../connection.ts'
import type { DataOf, QueryOf } from '../operations.ts'
import { walk } from '../pages.ts'

/** The operations on the audit log. */
export interface AuditResource {
  /** One page of the audit log, newest first. */
  list(query?: QueryOf<'listAudit'>, call?: CallOptions): Promise<DataOf<'listAudit'>>
  /** All entries that match, newest first, page after page. */
  iterate(
    filters?: Omit<QueryOf<'listAudit'>, 'cursor'>,
    call?: CallOptions,
  ): AsyncGenerator<DataOf<'listAudit'>['entries'][number], void, undefined>
}

/** The operations on the audit log, over a connection. */
export const auditResource = (connection: Connection): AuditResource => {
  const list: AuditResource['list'] = (query = {}, call = {}) => connection.call('listAudit', { query, call })
  return {
    list,
    iterate: (filters = {}, call = {}) =>
      walk(
        (cursor) => list(cursor === undefined ? filters : { ...filters, cursor }, call),
        ({ entries }) => entries,
      ),
  }
}
