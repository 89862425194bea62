/** Looks at a database before anything is written to it, and leaves no trace. */
import { existsSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { APPLICATION_ID, schemaVersion } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { resultCodeOf, resultCodes } from './sqlite-error.ts'

/** What is wrong with a database. */
export type Fault =
  /** It belongs to another program. */
  | { readonly kind: 'foreign' }
  /** It has more migrations than this version knows. */
  | { readonly kind: 'newer'; readonly version: number }
  /** It is damaged, or no database at all; `finding` is SQLite's own word for it. */
  | { readonly kind: 'damaged'; readonly finding: string }

/** What a look at a database has shown. */
export type Inspection =
  | { readonly fault: Fault }
  | {
      readonly fault: null
      /** The version of its schema; 0 where it is still empty. */
      readonly version: number
      /** True where it was made by `retire-cluster backup`, and not yet restored. */
      readonly isBackup: boolean
    }

/** The table that makes a copy a backup: the files of the data directory that go with it. */
export const BACKUP_TABLE = 'backup_files'

/** The size of a file in bytes; 0 where it is missing. */
export const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * A connection that only reads. Where the file holds all there is, it is opened as `immutable`, since SQLite would else
 * make a -wal and a -shm beside it and leave them there (https://www.sqlite.org/uri.html#uriimmutable). Nobody may be
 * writing to it.
 */
export const openUnchanged = (path: string): DatabaseSync => {
  const url = pathToFileURL(path)
  const isWhole = bytesOf(`${path}-wal`) === 0 && bytesOf(`${path}-journal`) === 0
  if (isWhole) url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true, timeout: 5000 })
}

/** The tables without which no node can be started: small ones, however large the database is. */
const essential = ['meta', 'devices', 'counters', 'keys', 'join_tokens', 'revocations', 'config'] as const

const look = (db: DatabaseSync, isCheckedWhole: () => boolean): Inspection => {
  const version = schemaVersion(db)
  const application = db.prepare('PRAGMA application_id').get()?.application_id
  const tables = new Set(
    db
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
  )
  if (application !== APPLICATION_ID && tables.size > 0) return { fault: { kind: 'foreign' } }
  if (version > migrations.length) return { fault: { kind: 'newer', version } }
  const checks = isCheckedWhole() ? ['1'] : essential.filter((name) => tables.has(name))
  for (const check of checks) {
    const finding = db.prepare(`PRAGMA quick_check(${check})`).get()?.quick_check
    if (finding !== 'ok') return { fault: { kind: 'damaged', finding: String(finding) } }
  }
  return { fault: null, version, isBackup: tables.has(BACKUP_TABLE) }
}

/**
 * Inspects a database. One of at most `checkedBytes` is checked whole, of a larger one only what a node starts from.
 * Where there is a fault, nothing in the directory is other than before.
 * @throws the error of SQLite where it cannot be opened
 */
export const inspect = (path: string, checkedBytes: number): Inspection => {
  const hadIndex = existsSync(`${path}-shm`)
  let db: DatabaseSync | undefined
  let inspection: Inspection | undefined
  try {
    db = openUnchanged(path)
    inspection = look(db, () => bytesOf(path) <= checkedBytes)
    return inspection
  } catch (cause) {
    const code = resultCodeOf(cause)
    if (!(cause instanceof Error) || (code !== resultCodes.corrupt && code !== resultCodes.notADatabase)) throw cause
    return { fault: { kind: 'damaged', finding: cause.message } }
  } finally {
    db?.close()
    // SQLite made it to read the log. Where all is well it stays: another process may be reading by it, as a backup does.
    if (!hadIndex && inspection?.fault !== null) rmSync(`${path}-shm`, { force: true })
  }
}
