/** One process at a time in a data directory: a lock of the operating system, which ends with the process, however that ends. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DataDirectoryError } from './data-directory-error.ts'
import { LOCK } from './file-names.ts'
import { resultCodeOf, resultCodes } from './sqlite-error.ts'

/** A directory that this process has for itself. */
export type DirectoryLock = {
  /** Lets others in. Harmless when called again. */
  release(): void
}

/** Keeps held locks reachable: a connection that is garbage-collected would let go of its lock in silence. */
const held = new Set<DatabaseSync>()

const refusal = (directory: string, cause: unknown): DataDirectoryError =>
  resultCodeOf(cause) === resultCodes.busy
    ? new DataDirectoryError(
        'taken',
        `the data directory ${directory} is in use by another process: stop that one, or name another directory with --data-dir`,
        { cause },
      )
    : new DataDirectoryError(
        'unreadable',
        `the file ${join(directory, LOCK)} cannot be locked (${cause instanceof Error ? cause.message : 'unknown'}): make it readable and writable for this user, with room on the disk, or remove it`,
        { cause },
      )

/**
 * Makes a directory where it is missing (mode 0700: it will hold credentials), without touching one that is there.
 * @throws DataDirectoryError `unreadable`
 */
export const makeDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new DataDirectoryError(
      'unreadable',
      `the data directory ${directory} cannot be made: name another with --data-dir, or correct its permissions`,
      { cause },
    )
  }
}

/**
 * Takes a directory for this process, making it where it is missing.
 *
 * The lock is an exclusive transaction, never written in, on an empty SQLite file `lock`: `node:sqlite` is the one way
 * to a lock of the operating system that Node has on every platform, and such a lock cannot be left behind as a file
 * with a process id can.
 * @throws DataDirectoryError `taken` or `unreadable`
 * @example const lock = lockDirectory('/var/lib/retire-cluster'); …; lock.release()
 */
export const lockDirectory = (directory: string): DirectoryLock => {
  makeDirectory(directory)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(join(directory, LOCK), { timeout: 0 })
    // Without a journal, which is never needed, and for which a full disk has no room.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    db?.close()
    throw refusal(directory, cause)
  }
  const connection = db
  held.add(connection)
  return {
    release: () => {
      if (held.delete(connection)) connection.close()
    },
  }
}
