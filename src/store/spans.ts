/**
 * From instants to sequences. A listing is ordered by sequence and narrowed by instants, and no index gives both; so each
 * block of sequences has its least and greatest instant (a block range index, as PostgreSQL's BRIN), which tells where to look.
 */
import type { DatabaseSync } from 'node:sqlite'
import { query, statement } from './statement.ts'

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
const rangeOf = (blocks: { first: number | null; last: number | null } | undefined): Range =>
  blocks === undefined || blocks.first === null || blocks.last === null
    ? { from: 0, to: 0 }
    : { from: blocks.first * BLOCK, to: (blocks.last + 1) * BLOCK }

/** A function that finds the sequences between which all tasks of a period lie, and some others may. */
export const taskRange = (db: DatabaseSync): ((period: Period) => Range) => {
  const find = statement<Period>(db)((slot) =>
    query
      .selectFrom('task_spans')
      .where('max_created_ms', '>=', slot('since'))
      .where('min_created_ms', '<', slot('until'))
      .select((e) => [e.fn.min<number | null>('block').as('first'), e.fn.max<number | null>('block').as('last')]),
  )
  return (period) => rangeOf(find.get(period))
}

/** A function that finds the sequences between which all lines of the log of a period lie, and some others may. */
export const logRange = (db: DatabaseSync): ((period: Period) => Range) => {
  const find = statement<Period>(db)((slot) =>
    query
      .selectFrom('log_spans')
      .where('max_at_ms', '>=', slot('since'))
      .where('min_at_ms', '<', slot('until'))
      .select((e) => [e.fn.min<number | null>('block').as('first'), e.fn.max<number | null>('block').as('last')]),
  )
  return (period) => rangeOf(find.get(period))
}
