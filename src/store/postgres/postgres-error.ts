/** What PostgreSQL's error codes mean to us: https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { StoreError } from '../../cluster/ports/store.ts'

/** The codes that are told apart here; those that begin with RC are raised by our own functions. */
export const codes = {
  serialization: '40001',
  deadlock: '40P01',
  diskFull: '53100',
  ioError: '58030',
  dataCorrupted: 'XX001',
  indexCorrupted: 'XX002',
  deposed: 'RC001',
  taskMissing: 'RC002',
} as const

type ServerError = Error & { readonly code: string; readonly severity: string }

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  'severity' in error &&
  typeof error.severity === 'string'

/**
 * A connection that failed, or could not be made: nothing is known of what was asked last. All that `pg` throws and that is no
 * refusal of the server becomes one, as `pg` has no type for it.
 */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'
  constructor(cause: unknown) {
    // Where several addresses were tried in vain, the message of their error is empty.
    const { message, code } = cause as { message?: string; code?: string }
    super(message === undefined || message === '' ? (code ?? 'unknown') : message, { cause })
  }
}

/**
 * The code with which the server refused a statement, all of which it has undone then; undefined for every other error, such as one
 * with which the connection ends (severity FATAL or PANIC): 57P01 may come after a commit that waits for a replica.
 */
export const refusalOf = (error: unknown): string | undefined =>
  isServerError(error) && error.severity === 'ERROR' ? error.code : undefined

/** Refusals that come from the circumstances, and may be gone when the same is tried again. */
const passing: ReadonlySet<string> = new Set([codes.serialization, codes.deadlock])
/** After one of these nothing that the database says can be relied on. */
const untrustworthy: ReadonlySet<string> = new Set([codes.ioError, codes.dataCorrupted, codes.indexCorrupted])
/**
 * Refusals of a server that does not serve now, by their first characters: no room for connections or memory (53), stopped by
 * an operator or just starting (57), read-only, as a replica is until it is promoted (25006), not let in (28), lost (08).
 */
const absences = ['08', '25006', '28', '53', '57'] as const

/** What `pg` rejects with, as we tell it apart. */
export const failureOf = (error: unknown): unknown =>
  refusalOf(error) === undefined ? new LostConnection(error) : error

/** True where the same may be tried again at once: nothing was written. */
export const isPassing = (error: unknown): boolean => passing.has(refusalOf(error) ?? '')

/** The error of the port where the database does not answer. `outcome`: of a commit whose answer was lost. */
export const awayError = (cause: unknown, outcome?: StoreError['outcome']): StoreError =>
  new StoreError('away', 'the database does not answer', { cause, ...(outcome === undefined ? {} : { outcome }) })

/** The error of the port where another node writes now. */
export const deposedError = (options?: ErrorOptions): StoreError =>
  new StoreError('deposed', 'another node has taken the database over', options)

/**
 * The error of the port where the database lacks commits that were acknowledged: it is not the one that had them.
 * @param commits - how many
 */
export const behindError = (commits: number): StoreError =>
  new StoreError(
    'broken',
    `the database lacks the last ${commits} changes that were acknowledged, as a replica does that was promoted before it had them, or a backup. A new epoch was begun: start again, to go on from what is there`,
  )

/**
 * The error of the port for an error of `pg`. A refusal that is none of these (a violated constraint: a defect of ours) and
 * every other error come back as they are.
 */
export const asStoreError = (error: unknown): unknown => {
  if (error instanceof StoreError) return error
  if (error instanceof LostConnection) return awayError(error)
  const code = refusalOf(error)
  if (code === undefined) return error
  if (code === codes.diskFull)
    return new StoreError('full', 'the disk of the database is full: nothing was written', { cause: error })
  if (code === codes.deposed) return deposedError({ cause: error })
  if (untrustworthy.has(code))
    return new StoreError('broken', 'the database is damaged: restore a backup of it', { cause: error })
  return absences.some((beginning) => code.startsWith(beginning)) ? awayError(error) : error
}
