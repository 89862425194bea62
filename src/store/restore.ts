/** Puts a backup in the place of a database, before that is opened. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Log } from '../cluster/ports/log.ts'
import { BackupError } from './backup-error.ts'
import { isSystemError, syncDirectory, syncFile } from './durable.ts'
import { companions, DATABASE, RESTORING, stamp } from './file-names.ts'
import { BACKUP_TABLE, bytesOf, inspect, openUnchanged } from './inspection.ts'
import { resultCodeOf } from './sqlite-error.ts'

/** What is to be restored. */
export type Restoration = {
  /** A backup that `retire-cluster backup` made, or the database of a node that was stopped cleanly. */
  readonly file: string
  /** Names of the files that go with the database, as they were given to `backUp`. */
  readonly beside: readonly string[]
  /** What to do where the directory holds a database: refuse, or move it and its files into a directory `replaced-…` there. */
  readonly existing: 'refuse' | 'keep-beside'
}

const noBackup = (file: string, reason: string, options?: ErrorOptions) =>
  new BackupError('no-backup', `${file} cannot be restored: ${reason}`, options)

const refuseUnfit = (file: string): void => {
  if (bytesOf(file) === 0) throw noBackup(file, 'there is no such file, or it is empty')
  if (bytesOf(`${file}-wal`) > 0)
    throw noBackup(file, 'it is the database of a node that runs or was killed; make a backup by retire-cluster backup')
  const inspection = inspect(file, Infinity)
  if (inspection.fault === null) {
    if (inspection.version === 0) throw noBackup(file, 'it is empty')
    return
  }
  switch (inspection.fault.kind) {
    case 'foreign':
      throw noBackup(file, 'it belongs to another program')
    case 'newer':
      throw noBackup(file, 'it was made by a newer version; run that one')
    case 'damaged':
      throw noBackup(file, `it is damaged (${inspection.fault.finding})`)
  }
}

const epochOf = (db: DatabaseSync): number =>
  Number(db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.value)

/** The epoch of a database that is about to be replaced, often because it can't be read: 0 then. */
const lastEpoch = (path: string): number => {
  if (bytesOf(path) === 0) return 0
  let db: DatabaseSync | undefined
  try {
    db = openUnchanged(path)
    return epochOf(db)
  } catch (cause) {
    if (resultCodeOf(cause) === undefined) throw cause
    return 0
  } finally {
    db?.close()
  }
}

/** Makes the database of a backup that of a cluster again, in a new epoch. Returns the files that came with it. */
const begin = (path: string, atLeast: number): { epoch: number; files: ReadonlyMap<string, Uint8Array> } => {
  const db = new DatabaseSync(path)
  try {
    const hasFiles = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(BACKUP_TABLE) !== undefined
    const rows = hasFiles ? db.prepare(`SELECT name, content FROM ${BACKUP_TABLE}`).all() : []
    const epoch = Math.max(Date.now(), atLeast, epochOf(db) + 1)
    db.exec(
      `BEGIN; DROP TABLE IF EXISTS ${BACKUP_TABLE}; UPDATE meta SET value = ${epoch} WHERE name = 'epoch'; COMMIT`,
    )
    return { epoch, files: new Map(rows.map(({ name, content }) => [String(name), content as Uint8Array])) }
  } finally {
    db.close()
  }
}

/**
 * Moves files into a directory of their own, where a node can be started from them as they were. The database goes
 * first: without it, what is left of a move that broke off is refused at the next start.
 */
const setAside = (dataDir: string, names: readonly string[]): string => {
  const directory = join(dataDir, `replaced-${stamp(Date.now())}`)
  mkdirSync(directory, { mode: 0o700 })
  for (const name of names) renameSync(join(dataDir, name), join(directory, name))
  syncDirectory(directory)
  return directory
}

const failure = (dataDir: string, file: string, cause: unknown): unknown =>
  isSystemError(cause)
    ? new BackupError(
        'unwritable',
        `${file} cannot be restored into ${dataDir} (${cause.code ?? 'unknown'}): make both readable and the directory writable for this user, with room on the disk`,
        { cause },
      )
    : cause

/**
 * Restores a backup into a data directory that this process has locked. Until the last step the directory is as it was.
 * The epoch is a new one: no event id is given twice, and attempts that the cluster made since the backup are fenced off.
 * @throws BackupError `no-backup`, `directory-in-use` or `unwritable`
 */
export const restoreBackup = (dataDir: string, { file, beside, existing }: Restoration, log: Log): void => {
  const path = join(dataDir, DATABASE)
  const unfinished = join(dataDir, RESTORING)
  if (existing === 'refuse' && existsSync(path))
    throw new BackupError(
      'directory-in-use',
      `the data directory ${dataDir} holds a cluster already: leave --restore away to start it, or add --force to replace it (it is kept beside)`,
    )
  refuseUnfit(file)
  try {
    copyFileSync(file, unfinished)
    chmodSync(unfinished, 0o600)
    const { epoch, files } = begin(unfinished, lastEpoch(path) + 1)
    syncFile(unfinished)
    const isHere = (name: string) => existsSync(join(dataDir, name))
    // A log that was left behind must not be replayed into another database.
    const database = [DATABASE, ...companions.map((suffix) => `${DATABASE}${suffix}`)].filter(isHere)
    const replaced = [...database, ...(isHere(DATABASE) ? beside.filter(isHere) : [])]
    if (replaced.length > 0) log.warn({ directory: setAside(dataDir, replaced) }, 'what was here is kept beside')
    for (const name of beside) {
      const content = files.get(name)
      // One that is here is what the devices know: it is newer than the backup.
      if (content !== undefined && !isHere(name))
        writeFileSync(join(dataDir, name), content, { mode: 0o600, flush: true })
    }
    renameSync(unfinished, path)
    syncDirectory(dataDir)
    log.info({ file, epoch }, 'backup restored')
  } catch (cause) {
    rmSync(unfinished, { force: true })
    throw failure(dataDir, file, cause)
  }
}
