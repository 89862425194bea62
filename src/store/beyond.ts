/** Which of the oldest rows are beyond the bounds: of each table up to which sequence they go. Rows are given from the oldest on. */
import type { AuditAnchor } from '../../schemas/index.ts'
import type { Bounds } from '../cluster/ports/store.ts'

/** Rows of one kind that one transaction removes at most: some 20 ms on an old laptop's disk. */
export const AT_A_TIME = 2000

/** So many bytes, roughly, one transaction removes of what is too large together: deleting touches every page. */
export const BYTES_AT_A_TIME = 8 * 2 ** 20

/** Up to where rows go; undefined where none does. `isMore`: others may have to go after them. */
export type Beyond<Last> = { readonly last: Last | undefined; readonly isMore: boolean }

/** Commits of the journal; `at_ms` is when their first event was, and `newest` the last sequence of all. */
export const journalBeyond = (
  oldest: readonly { readonly last_sequence: number; readonly at_ms: number }[],
  newest: number,
  bounds: Pick<Bounds, 'eventsSince_ms' | 'maxEvents'>,
): Beyond<number> => {
  const beyond = newest - bounds.maxEvents
  const gone = oldest.filter(({ last_sequence, at_ms }) => last_sequence <= beyond || at_ms < bounds.eventsSince_ms)
  return { last: gone.at(-1)?.last_sequence, isMore: gone.length === AT_A_TIME }
}

/** Lines of the log; `allBytes` is what all of them take. */
export const logsBeyond = (
  oldest: readonly { readonly sequence: number; readonly at_ms: number; readonly bytes: number }[],
  allBytes: number,
  bounds: Pick<Bounds, 'logsSince_ms' | 'maxLogBytes'>,
): Beyond<number> => {
  let surplus = allBytes - bounds.maxLogBytes
  let last: number | undefined
  for (const { sequence, at_ms, bytes } of oldest) {
    if (surplus <= 0 && at_ms >= bounds.logsSince_ms) break
    surplus -= bytes
    last = sequence
  }
  const isMore = last !== undefined && last === oldest.at(-1)?.sequence && oldest.length === AT_A_TIME
  return { last, isMore }
}

/** Lines of the audit log; `newest` is the last sequence of all. */
export const auditBeyond = (
  oldest: readonly (AuditAnchor & { readonly at_ms: number })[],
  newest: number,
  { auditSince_ms, maxAuditEntries }: Pick<Bounds, 'auditSince_ms' | 'maxAuditEntries'>,
): Beyond<AuditAnchor> => {
  const beyond = newest - maxAuditEntries
  // Only from the old end on: a line in the midst whose clock was behind stays until those before it go.
  const kept = oldest.findIndex(({ sequence, at_ms }) => sequence > beyond && at_ms >= auditSince_ms)
  const last = oldest[(kept === -1 ? oldest.length : kept) - 1]
  return {
    last: last && { sequence: last.sequence, hash: last.hash },
    isMore: kept === -1 && oldest.length === AT_A_TIME,
  }
}
