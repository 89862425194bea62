/** The one error of the worker: why it cannot start, said so that its owner knows what to do. */

/**
 * - `NOT_ALLOWED`: a name in `--allow` that cannot be allowed.
 * - `DATA_DIR_UNUSABLE`: the data directory cannot be read or written.
 * - `IDENTITY_BROKEN`: `identity.json` cannot be understood.
 * - `DEVICE_ID_CONFLICT`: the data directory belongs to a device of another id.
 * - `TASKS_UNUSABLE`: the file of the owner's own task types cannot be read, or defines none that can be offered.
 * - `TOKEN_MISSING`: the device has no credential yet, and no join token was given.
 */
export type WorkerErrorCode =
  'NOT_ALLOWED' | 'DATA_DIR_UNUSABLE' | 'IDENTITY_BROKEN' | 'DEVICE_ID_CONFLICT' | 'TASKS_UNUSABLE' | 'TOKEN_MISSING'

/** A worker that cannot start. Its message is one sentence for the owner of the device. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError'
  readonly code: WorkerErrorCode

  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The code of a system error (`ENOENT`, …); undefined where it is none. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** True where the disk has no room, or its user no more of it. */
export const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')
