/** Queries of the audit log. */
import type { AuditFilter } from '../../cluster/ports/store.ts'
import type { Query, Slots } from '../slots.ts'

/** What a statement that filters lines takes. */
export type AuditArguments = { key_id: string | null; operation: string | null; since: number; until: number }

/** Values for every filter; a statement binds those that its shape has. */
export const auditArguments = ({ key_id, operation, since_ms, until_ms }: AuditFilter): AuditArguments => ({
  key_id: key_id ?? null,
  operation: operation ?? null,
  since: since_ms ?? 0,
  until: until_ms ?? Number.MAX_SAFE_INTEGER,
})

/** The lines that match. No index but the sequence: they are few and bounded, and written with every change. */
const matching = (query: Query, slot: Slots<AuditArguments>, shape: ReadonlySet<string>) => {
  let lines = query.selectFrom('audit')
  if (shape.has('key_id')) lines = lines.where('key_id', '=', slot('key_id'))
  if (shape.has('operation')) lines = lines.where('operation', '=', slot('operation'))
  if (shape.has('since_ms')) lines = lines.where('at_ms', '>=', slot('since'))
  if (shape.has('until_ms')) lines = lines.where('at_ms', '<', slot('until'))
  return lines
}

/** A page, newest first. */
export const pageOfAudit = (
  query: Query,
  slot: Slots<AuditArguments & { before: number; limit: number }>,
  shape: ReadonlySet<string>,
) =>
  matching(query, slot as Slots<AuditArguments>, shape)
    .where('sequence', '<', slot('before'))
    .select(['sequence', 'at_ms', 'entry'])
    .orderBy('sequence', 'desc')
    .limit(slot('limit'))

/** How many match. */
export const countOfAudit = (query: Query, slot: Slots<AuditArguments>, shape: ReadonlySet<string>) =>
  matching(query, slot, shape).select((e) => e.fn.countAll<number>().as('lines'))
