/**
 * Copies the write-ahead log into the database. SQLite would do it by itself after a commit, but keep to itself what went
 * wrong: a disk that is full, or one that fails (https://www.sqlite.org/c3ref/wal_autocheckpoint.html, "errors are ignored").
 */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/**
 * The log is copied once it is larger than this: 1000 pages, as SQLite has it. It is the bound to which SQLite cuts the
 * file when it begins the log anew (`journal_size_limit`), so that a file beyond it says how much stands in it now.
 */
export const LOG_BYTES = 4 * 2 ** 20

/**
 * A function that copies the log where it has grown. To be called outside of a transaction.
 * It throws the error of SQLite.
 */
export const checkpoints = (db: DatabaseSync): (() => void) => {
  const path = db.location()
  if (path === null) return () => undefined
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let bound = LOG_BYTES
  return () => {
    const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (bytes <= bound) return
    const { log, checkpointed } = checkpoint.get() ?? {}
    // What a reader still looks at, such as a backup, can't be copied yet: tried again when as much has come once more.
    bound = log === checkpointed ? LOG_BYTES : bytes + LOG_BYTES
  }
}
