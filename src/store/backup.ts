/** Consistent copies of a store, made from a second connection while its node writes on. */
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { BackupError } from './backup-error.ts'
import { isSystemError, syncDirectory, syncFile } from './durable.ts'
import { databaseOf } from './elsewhere.ts'
import { DATABASE, FILES } from './file-names.ts'
import { BACKUP_TABLE, bytesOf, inspect } from './inspection.ts'
import { APPLICATION_ID } from './migrate.ts'
import { resultCodeOf } from './sqlite-error.ts'

/** Pages that are copied between two reports of progress: 16 MiB. */
const PAGES_AT_A_TIME = 4096

/** A backup that was made. */
export type Backup = {
  readonly bytes: number
  /** Tasks in it, finished or not. */
  readonly tasks: number
}

/** What is to be backed up, and where to. */
export type BackupOptions = {
  readonly dataDir: string
  /** The file to make. */
  readonly file: string
  /** Names of files in the data directory that go with the database; those that are missing are left out. */
  readonly beside: readonly string[]
  /** What to do where `file` exists. */
  readonly existing: 'refuse' | 'replace'
  /** Hears how much of the database is copied, from 0 to 1. */
  readonly progress: (share: number) => void
}

const refuseUnfit = ({ dataDir, file, beside, existing }: BackupOptions): void => {
  const database = databaseOf(dataDir)
  if (database !== undefined)
    throw new BackupError(
      'elsewhere',
      `the state of the cluster in ${dataDir} is in PostgreSQL (${database}): back that up with pg_dump or what its owner uses, and copy ${[...beside, FILES].join(', ')} from the directory`,
    )
  if (bytesOf(join(dataDir, DATABASE)) === 0)
    throw new BackupError('no-cluster', `there is no cluster in ${dataDir}: name its data directory with --data-dir`)
  const directory = dirname(file)
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new BackupError('unwritable', `there is no directory ${directory}: make it, or name a file in another one`)
  if (realpathSync(directory) === realpathSync(dataDir))
    throw new BackupError('unwritable', `${file} would stand in the data directory itself: name a place outside of it`)
  if (existing === 'refuse' && existsSync(file))
    throw new BackupError('file-exists', `${file} exists: name another file, or replace it with --force`)
}

/** Copies what the database holds now. The read transaction keeps it as it is: without one, every write would begin the copy anew. */
const copy = async (path: string, target: string, progress: BackupOptions['progress']): Promise<void> => {
  const source = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    if (source.prepare('PRAGMA application_id').get()?.application_id !== APPLICATION_ID)
      throw new BackupError('no-cluster', `the database ${path} belongs to another program`)
    source.exec('BEGIN; SELECT count(*) FROM meta')
    await backup(source, target, {
      rate: PAGES_AT_A_TIME,
      progress: ({ remainingPages, totalPages }) => progress(1 - remainingPages / totalPages),
    })
  } finally {
    source.close()
  }
}

/** Puts the files into a copy, and makes it one file that needs nothing beside it. Returns how many tasks it holds. */
const complete = (target: string, { dataDir, beside }: BackupOptions): number => {
  const db = new DatabaseSync(target)
  try {
    db.exec('PRAGMA journal_mode = DELETE')
    db.exec(`CREATE TABLE ${BACKUP_TABLE} (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT`)
    const insert = db.prepare(`INSERT INTO ${BACKUP_TABLE} (name, content) VALUES (?, ?)`)
    for (const name of beside) {
      const path = join(dataDir, name)
      if (existsSync(path)) insert.run(name, readFileSync(path))
    }
    return Number(db.prepare('SELECT count(*) AS tasks FROM tasks').get()?.tasks)
  } finally {
    db.close()
  }
}

/** Nobody should learn that a backup is damaged on the day it is needed. */
const refuseDamaged = (target: string, path: string): void => {
  const { fault } = inspect(target, Infinity)
  if (fault === null) return
  const reason = fault.kind === 'damaged' ? `is damaged (${fault.finding})` : 'was written by a newer version'
  throw new BackupError('no-cluster', `the database ${path} ${reason}: no backup was made of it`)
}

const failure = (file: string, path: string, cause: unknown): unknown => {
  if (isSystemError(cause))
    return new BackupError('unwritable', `the backup ${file} cannot be written (${cause.code ?? 'unknown'})`, { cause })
  if (cause instanceof Error && resultCodeOf(cause) !== undefined)
    return new BackupError('unwritable', `${path} cannot be copied to ${file} (${cause.message})`, { cause })
  return cause
}

/** Makes it beside its place, and puts it there when it is whole. */
const make = async (options: BackupOptions): Promise<Backup> => {
  const { dataDir, file, progress } = options
  const path = join(dataDir, DATABASE)
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    // Made here, as SQLite would make it readable for others: it holds tokens and the hashes of keys.
    closeSync(openSync(unfinished, 'w', 0o600))
    await copy(path, unfinished, progress)
    const tasks = complete(unfinished, options)
    refuseDamaged(unfinished, path)
    const bytes = bytesOf(unfinished)
    chmodSync(unfinished, 0o600)
    syncFile(unfinished)
    renameSync(unfinished, file)
    syncDirectory(dirname(file))
    return { bytes, tasks }
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Makes a backup: one file of mode 0600, which holds all that was acknowledged before, and is whole or absent.
 * @throws BackupError `no-cluster`, `elsewhere`, `file-exists` or `unwritable`
 * @example await backUp({ dataDir, file: '/media/usb/cluster.backup', beside: ['join-token'], existing: 'refuse', progress })
 */
export const backUp = async (options: BackupOptions): Promise<Backup> => {
  try {
    refuseUnfit(options)
    return await make(options)
  } catch (cause) {
    throw failure(options.file, join(options.dataDir, DATABASE), cause)
  }
}
