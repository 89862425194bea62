/** The audit log. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { AuditAnchor } from '../../schemas/index.ts'
import type { StoredAudit } from '../cluster/ports/records.ts'
import type { AuditFilter, Bounds, Page } from '../cluster/ports/store.ts'
import { AT_A_TIME, auditBeyond } from './beyond.ts'
import { type AuditArguments, auditArguments, countOfAudit, pageOfAudit } from './queries/audit.ts'
import { auditOf, auditRowOf } from './rows.ts'
import { type NoArguments, perShape, query, shapeOf, statement } from './statement.ts'
import type { AuditAnchorTable, AuditTable } from './tables.ts'

const columns = ['sequence', 'at_ms', 'key_id', 'operation', 'entry'] as const

type PageArguments = AuditArguments & { before: number; limit: number }

/** The audit log. The writes are to be called inside a transaction. */
export type AuditLog = {
  save(line: StoredAudit): void
  page(filter: AuditFilter, page: Page): StoredAudit[]
  count(filter: AuditFilter): number
  /** The last line that was pruned. */
  anchor(): AuditAnchor | undefined
  /** The last line, kept or pruned. */
  head(): AuditAnchor | undefined
  /** Removes some of what is beyond the bounds, and anchors what goes on. Returns true where more is left. */
  prune(bounds: Pick<Bounds, 'auditSince_ms' | 'maxAuditEntries'>): boolean
}

/** Prepares the statements. */
export const auditLog = (db: DatabaseSync): AuditLog => {
  const save = statement<AuditTable>(db)((slot) => query.insertInto('audit').values(slot.each(columns)))
  const pages = perShape((shape) => statement<PageArguments>(db)((slot) => pageOfAudit(query, slot, shape)))
  const counts = perShape((shape) => statement<AuditArguments>(db)((slot) => countOfAudit(query, slot, shape)))
  const anchor = statement<NoArguments>(db)(() => query.selectFrom('audit_anchor').select(['sequence', 'hash']))
  const setAnchor = statement<AuditAnchorTable>(db)((slot) =>
    query.replaceInto('audit_anchor').values(slot.each(['id', 'sequence', 'hash'])),
  )
  const oldest = statement<{ most: number }>(db)((slot) =>
    query
      .selectFrom('audit')
      .select(['sequence', 'at_ms', sql<string>`json_extract(entry, '$.hash')`.as('hash')])
      .orderBy('sequence')
      .limit(slot('most')),
  )
  const drop = statement<{ upTo: number }>(db)((slot) =>
    query.deleteFrom('audit').where('sequence', '<=', slot('upTo')),
  )

  const page: AuditLog['page'] = (filter, { before = Number.MAX_SAFE_INTEGER, limit }) =>
    pages(shapeOf(filter))
      .all({ ...auditArguments(filter), before, limit })
      .map(auditOf)
  const newest = () => page({}, { limit: 1 })[0]?.entry

  return {
    save: (line) => void save.run(auditRowOf(line)),
    page,
    count: (filter) => counts(shapeOf(filter)).get(auditArguments(filter))?.lines ?? 0,
    anchor: () => anchor.get({}),
    head: () => {
      const last = newest()
      return last === undefined ? anchor.get({}) : { sequence: last.sequence, hash: last.hash }
    },
    prune: (bounds) => {
      const { last, isMore } = auditBeyond(oldest.all({ most: AT_A_TIME }), newest()?.sequence ?? 0, bounds)
      if (last === undefined) return false
      setAnchor.run({ id: 1, ...last })
      drop.run({ upTo: last.sequence })
      return isMore
    },
  }
}
