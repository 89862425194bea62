/** What SQLite's result codes mean to us: https://www.sqlite.org/rescode.html */
import { StoreError } from '../cluster/ports/store.ts'

/** The primary result codes that are told apart here. */
export const resultCodes = {
  busy: 5,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  notADatabase: 26,
} as const

/** After one of these nothing that the connection says can be relied on: a failed fsync is reported once, then forgotten. */
const untrustworthy: ReadonlySet<number> = new Set([
  resultCodes.readonly,
  resultCodes.ioError,
  resultCodes.cannotOpen,
  resultCodes.protocol,
])

/** The primary result code of an error of `node:sqlite`; undefined where `error` is none. */
export const resultCodeOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff // The upper bits are the extended code.
}

/**
 * The error of the port for an error of SQLite. What is neither a full disk nor a broken store (a violated
 * constraint: a defect of ours) comes back as it is.
 */
export const asStoreError = (error: unknown): unknown => {
  const code = resultCodeOf(error)
  if (code === undefined) return error
  if (code === resultCodes.full)
    return new StoreError('full', 'the disk is full: nothing was written', { cause: error })
  if (code === resultCodes.corrupt || code === resultCodes.notADatabase)
    return new StoreError('broken', 'the database is damaged: restore a backup by --restore FILE --force', {
      cause: error,
    })
  if (untrustworthy.has(code))
    return new StoreError('broken', 'the database cannot be trusted any more', { cause: error })
  return error
}
