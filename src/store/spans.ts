/**
 * From instants to sequences. A listing is ordered by sequence and narrowed by instants, and no index gives both; so each
 * block of sequences has its least and greatest instant (a block range index, as PostgreSQL's BRIN), which tells where to look.
 */

/** How many sequences share a block. The triggers of migration 0001 divide by the same number. */
export const BLOCK = 1024

/** Sequences from `from`, below `to`. */
export type Range = { readonly from: number; readonly to: number }

/** Instants from `since`, before `until`, epoch milliseconds. */
export type Period = { readonly since: number; readonly until: number }

/** Every sequence. */
export const everything: Range = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** The period of a filter: unbounded where it names no end. */
export const periodOf = (filter: { since_ms?: number; until_ms?: number }): Period => ({
  since: filter.since_ms ?? -Number.MAX_SAFE_INTEGER,
  until: filter.until_ms ?? Number.MAX_SAFE_INTEGER,
})

/** The sequences of the first to the last of some blocks; empty where there is none. */
export const rangeOf = (blocks: { first: number | null; last: number | null } | undefined): Range =>
  blocks === undefined || blocks.first === null || blocks.last === null
    ? { from: 0, to: 0 }
    : { from: blocks.first * BLOCK, to: (blocks.last + 1) * BLOCK }
