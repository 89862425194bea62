/** The copy of a database that is kept before its schema is changed, so that the version before can be gone back to. */
import { closeSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Log } from '../cluster/ports/log.ts'
import { DataDirectoryError } from './data-directory-error.ts'
import { isSystemError, syncDirectory, syncFile } from './durable.ts'
import { stamp } from './file-names.ts'
import { resultCodeOf, resultCodes } from './sqlite-error.ts'

/** So many copies are kept, the newest; older ones go when another has been made. */
const KEPT = 2

/** The copies beside a database, and what is left of some that were never finished; oldest first. */
const copiesOf = (path: string): readonly string[] => {
  const takenAt = (name: string) => name.slice(name.indexOf('-'))
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.v`))
    .sort((one, other) => (takenAt(one) < takenAt(other) ? -1 : 1))
    .map((name) => join(dirname(path), name))
}

const write = (path: string, target: string): void => {
  // Made here, as SQLite would make it readable for others.
  closeSync(openSync(target, 'w', 0o600))
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    db.prepare('VACUUM INTO ?').run(target)
  } finally {
    db.close()
  }
  syncFile(target)
}

const failure = (path: string, cause: unknown): unknown => {
  const reason = resultCodeOf(cause) === resultCodes.full ? 'the disk is full' : isSystemError(cause) && cause.code
  if (typeof reason !== 'string') return cause
  return new DataDirectoryError(
    'unreadable',
    `the database ${path} is of an older version, and the copy that is kept before it is changed cannot be written (${reason}): make room, and let this user write in the directory`,
    { cause },
  )
}

/**
 * Keeps a copy of a database beside it: `cluster.db.v1-TIME`, with the version of its schema.
 * @throws DataDirectoryError `unreadable` where it cannot be written
 */
export const keepCopy = (path: string, version: number, log: Log): void => {
  const copy = `${path}.v${version}-${stamp(Date.now())}`
  const unfinished = `${copy}.tmp`
  try {
    write(path, unfinished)
    renameSync(unfinished, copy)
  } catch (cause) {
    rmSync(unfinished, { force: true })
    throw failure(path, cause)
  }
  syncDirectory(dirname(path))
  log.info({ copy, schema: version }, 'a copy of the database is kept before its schema is changed')
  const all = copiesOf(path)
  const finished = all.filter((name) => !name.endsWith('.tmp')).slice(-KEPT)
  for (const name of all) if (!finished.includes(name)) rmSync(name)
}
