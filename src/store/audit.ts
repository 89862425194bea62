/** The audit log. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { AuditAnchor, AuditEntry } from '../../schemas/index.ts'
import type { StoredAudit } from '../cluster/ports/records.ts'
import type { AuditFilter, Bounds, Page } from '../cluster/ports/store.ts'
import { type NoArguments, perShape, query, shapeOf, type Slots, statement } from './statement.ts'
import type { AuditAnchorTable, AuditTable } from './tables.ts'

/** Rows that one transaction removes at most. */
const AT_A_TIME = 2000

const columns = ['sequence', 'at_ms', 'key_id', 'operation', 'entry'] as const

type FilterArguments = { key_id: string | null; operation: string | null; since: number; until: number }
type PageArguments = FilterArguments & { before: number; limit: number }

const filterArguments = ({ key_id, operation, since_ms, until_ms }: AuditFilter): FilterArguments => ({
  key_id: key_id ?? null,
  operation: operation ?? null,
  since: since_ms ?? 0,
  until: until_ms ?? Number.MAX_SAFE_INTEGER,
})

/** The lines that match. No index but the sequence: they are few and bounded, and written with every change. */
const matching = (slot: Slots<FilterArguments>, shape: ReadonlySet<string>) => {
  let lines = query.selectFrom('audit')
  if (shape.has('key_id')) lines = lines.where('key_id', '=', slot('key_id'))
  if (shape.has('operation')) lines = lines.where('operation', '=', slot('operation'))
  if (shape.has('since_ms')) lines = lines.where('at_ms', '>=', slot('since'))
  if (shape.has('until_ms')) lines = lines.where('at_ms', '<', slot('until'))
  return lines
}

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
  const pages = perShape((shape) =>
    statement<PageArguments>(db)((slot) =>
      matching(slot as Slots<FilterArguments>, shape)
        .where('sequence', '<', slot('before'))
        .select(['sequence', 'at_ms', 'entry'])
        .orderBy('sequence', 'desc')
        .limit(slot('limit')),
    ),
  )
  const counts = perShape((shape) =>
    statement<FilterArguments>(db)((slot) => matching(slot, shape).select((e) => e.fn.countAll<number>().as('lines'))),
  )
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
      .all({ ...filterArguments(filter), before, limit })
      .map(({ at_ms, entry }) => ({ at_ms, entry: JSON.parse(entry) as AuditEntry }))
  const newest = () => page({}, { limit: 1 })[0]?.entry

  return {
    save: ({ at_ms, entry }) => {
      const { sequence, key_id, operation } = entry
      save.run({ sequence, at_ms, key_id, operation, entry: JSON.stringify(entry) })
    },
    page,
    count: (filter) => counts(shapeOf(filter)).get(filterArguments(filter))?.lines ?? 0,
    anchor: () => anchor.get({}),
    head: () => {
      const last = newest()
      return last === undefined ? anchor.get({}) : { sequence: last.sequence, hash: last.hash }
    },
    prune: ({ auditSince_ms, maxAuditEntries }) => {
      const beyond = (newest()?.sequence ?? 0) - maxAuditEntries
      const rows = oldest.all({ most: AT_A_TIME })
      // Only from the old end on: a line in the midst whose clock was behind stays until those before it go.
      const kept = rows.findIndex(({ sequence, at_ms }) => sequence > beyond && at_ms >= auditSince_ms)
      const last = rows[(kept === -1 ? rows.length : kept) - 1]
      if (last === undefined) return false
      setAnchor.run({ id: 1, sequence: last.sequence, hash: last.hash })
      drop.run({ upTo: last.sequence })
      return kept === -1 && rows.length === AT_A_TIME
    },
  }
}
