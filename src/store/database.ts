/** Opens the database file: looks at it before anything is written, then sets what durability rests on. */
import { chmodSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Log } from '../cluster/ports/log.ts'
import { StoreError } from '../cluster/ports/store.ts'
import { LOG_BYTES } from './checkpoints.ts'
import { DataDirectoryError } from './data-directory-error.ts'
import { MOVING, RESERVE, RESTORING } from './file-names.ts'
import { bytesOf, inspect } from './inspection.ts'
import { damageOfLog } from './log-damage.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { isShortOfRoom } from './room.ts'
import { keepCopy } from './schema-copy.ts'
import { resultCodeOf, resultCodes } from './sqlite-error.ts'

/**
 * Databases up to this size are checked whole at every start. Beyond it the check would cost more than the second in which a
 * node has to be ready again (measured, from memory: 20 ms for 33 MB, 1.0 s for 1.1 GB; flash is slower); there only the header, the schema and the tables that no node starts without are checked, and
 * damage elsewhere shows when it is met (StoreError `broken`).
 */
const CHECKED_BYTES = 64 * 1024 * 1024

/** SQLite's `synchronous` as it reads back: https://www.sqlite.org/pragma.html#pragma_synchronous */
const FULL = 2

const corrupt = (path: string, finding: string, options?: ErrorOptions) =>
  new DataDirectoryError(
    'corrupt',
    `the database ${path} is damaged (${finding}) and was left as it is: restore a backup by --restore FILE --force, which keeps it beside`,
    options,
  )

/** What a database that can't be opened means. One that was there before may want nothing but room. */
const refusal = (path: string, wasThere: boolean, cause: unknown): unknown => {
  if (cause instanceof DataDirectoryError) return cause
  // A migration reports what stopped it as the store does.
  const origin = cause instanceof StoreError ? cause.cause : cause
  const code = resultCodeOf(origin)
  if (code === undefined) return cause
  const finding = origin instanceof Error ? origin.message : 'unknown'
  if (code === resultCodes.corrupt || code === resultCodes.notADatabase) return corrupt(path, finding, { cause })
  return new DataDirectoryError(
    // A log or an index that can't grow is told in several ways, not only as a full disk.
    wasThere && isShortOfRoom(dirname(path)) ? 'full' : 'unreadable',
    `the database ${path} cannot be opened (${finding}): make the directory and its files readable and writable for this user, with room on the disk`,
    { cause },
  )
}

/** Refuses what must not be written to. Returns the version of its schema. */
const refuseUnfit = (path: string): number => {
  const inspection = inspect(path, CHECKED_BYTES)
  if (inspection.fault === null) {
    if (!inspection.isBackup) return inspection.version
    // Its epoch is still that of the cluster it was copied from: ids would be given twice.
    throw new DataDirectoryError(
      'unreadable',
      `the database ${path} is a backup: move it out of the directory, and start with --restore FILE`,
    )
  }
  switch (inspection.fault.kind) {
    case 'foreign':
      throw new DataDirectoryError(
        'unreadable',
        `the database ${path} belongs to another program: name another directory with --data-dir`,
      )
    case 'newer':
      throw new DataDirectoryError(
        'newer',
        `the database ${path} was written by a newer version (schema ${inspection.fault.version}; this one knows ${migrations.length}): run that version, or restore an older backup`,
      )
    case 'damaged':
      throw corrupt(path, inspection.fault.finding)
  }
}

/** Refuses to begin anew beside what is left of a cluster: SQLite would delete the log of a database that is gone. */
const refuseRemains = (path: string): void => {
  if (bytesOf(`${path}-wal`) > 0) throw corrupt(path, 'its write-ahead log is there, and it is not')
  // The reserve is made once a database is open; a kill before that leaves an empty file by itself.
  if (existsSync(path) && existsSync(join(dirname(path), RESERVE))) throw corrupt(path, 'it is empty')
  if (existsSync(join(dirname(path), RESTORING)))
    throw new DataDirectoryError(
      'unreadable',
      `the restoring of a backup into ${dirname(path)} was broken off: start again with --restore FILE`,
    )
  const moving = join(dirname(path), MOVING)
  if (path !== moving && existsSync(moving))
    throw new DataDirectoryError(
      'unreadable',
      `the move of a cluster into ${dirname(path)} was broken off: run the same retire-cluster migrate again, or remove ${moving}`,
    )
}

/**
 * Refuses a build of SQLite that does not wait for the disk. To be asked after the first transaction: with
 * SQLITE_DEFAULT_WAL_SYNCHRONOUS=1 the setting changes only then.
 * @throws DataDirectoryError `no-full-sync`
 */
export const proveFullSync = (db: DatabaseSync): void => {
  const synchronous = db.prepare('PRAGMA synchronous').get()?.synchronous
  const journal = db.prepare('PRAGMA journal_mode').get()?.journal_mode
  if (synchronous === FULL && journal === 'wal') return
  throw new DataDirectoryError(
    'no-full-sync',
    `SQLite of this Node does not wait for the disk (synchronous ${String(synchronous)}, journal ${String(journal)}): use an official build of Node`,
  )
}

const configure = (db: DatabaseSync): void => {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = ${LOG_BYTES};
    PRAGMA cache_size = -8192;
  `)
}

/**
 * Opens a database, makes it where it is missing (mode 0600), and brings it to this version's schema.
 * @throws DataDirectoryError `unreadable`, `full`, `newer`, `corrupt` or `no-full-sync`
 */
export const openDatabase = (path: string, log: Log): DatabaseSync => {
  let db: DatabaseSync | undefined
  const bytes = bytesOf(path)
  try {
    const damage = damageOfLog(path)
    if (damage !== undefined) throw corrupt(path, damage)
    if (bytes === 0) refuseRemains(path)
    const version = bytes === 0 ? 0 : refuseUnfit(path)
    if (version > 0 && version < migrations.length) keepCopy(path, version, log)
    db = new DatabaseSync(path, { timeout: 5000 })
    // It holds hashes of credentials, and -wal and -shm take its mode.
    if (bytes === 0) chmodSync(path, 0o600)
    // Only before the first table is made: pages that are free can be given back to the disk, a few at a time.
    if (bytes === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL')
    configure(db)
    migrate(db, log)
    // A log of earlier processes is done with: what a power cut left half-written in it must not meet frames of this one.
    // A backup that is being made may still read it; that is not waited for.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(RESTART); PRAGMA busy_timeout = 5000')
    db.exec("BEGIN IMMEDIATE; UPDATE meta SET value = value WHERE name = 'probed_ms'; COMMIT")
    proveFullSync(db)
    return db
  } catch (cause) {
    db?.close()
    throw refusal(path, bytes > 0, cause)
  }
}
