/** The data directory: made, and locked for as long as this process lives. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WorkerError } from './errors.ts'

/** A lock that is held. */
export type DirectoryLock = { release(): void }

const isBusy = (error: unknown): boolean =>
  // https://www.sqlite.org/rescode.html#busy
  error instanceof Error && 'errcode' in error && error.errcode === 5

/**
 * Makes the directory (mode 0700) and locks it. The lock is that of an empty SQLite file: the one lock of the operating
 * system that Node reaches without an add-on, and that ends with the process however it ends.
 * @throws WorkerError `DATA_DIR_TAKEN` where another worker runs in it, `DATA_DIR_UNUSABLE`
 */
export const lockDataDirectory = (dataDir: string): DirectoryLock => {
  const unusable = (cause: unknown) =>
    new WorkerError('DATA_DIR_UNUSABLE', `The data directory ${dataDir} cannot be used.`, { cause })
  let lock: DatabaseSync
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    lock = new DatabaseSync(join(dataDir, 'lock'))
  } catch (error) {
    throw unusable(error)
  }
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw unusable(error)
    throw new WorkerError(
      'DATA_DIR_TAKEN',
      `Another worker runs in ${dataDir}; stop it, or give this one a --data-dir of its own.`,
      { cause: error },
    )
  }
  return { release: () => lock.close() }
}
