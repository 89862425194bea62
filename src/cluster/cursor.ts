/** Cursors: where a page ended, and the filters that it belongs to. With other filters a cursor is refused. */
import { createHash } from 'node:crypto'
import { ClusterError } from './errors.ts'

/** Enough of a SHA-256 to tell filters apart; a cursor is no secret. */
const fingerprint = (filters: unknown) =>
  createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 12)

/** The cursor after `position` of a listing with these filters. */
export const toCursor = (position: unknown, filters: unknown): string =>
  Buffer.from(JSON.stringify([fingerprint(filters), position])).toString('base64url')

/**
 * The position that a cursor tells.
 * @throws ClusterError `VALIDATION_ERROR` for one of other filters, or none of ours
 */
export const fromCursor = <T>(cursor: string, filters: unknown, isPosition: (value: unknown) => value is T): T => {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    parsed = undefined
  }
  if (Array.isArray(parsed) && parsed[0] === fingerprint(filters) && isPosition(parsed[1])) return parsed[1]
  const message =
    'is not a cursor of this listing with these filters; take next_cursor of the page before, or leave it out'
  throw new ClusterError('VALIDATION_ERROR', {
    reason: `cursor ${message}`,
    issues: [{ in: 'query', path: '/cursor', message }],
  })
}

/** A cursor position that is a sequence. */
export const isSequence = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
