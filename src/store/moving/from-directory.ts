/** The state of a data directory, as it goes to another place. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { databaseOf } from '../elsewhere.ts'
import { DATABASE } from '../file-names.ts'
import { bytesOf, inspect, openUnchanged } from '../inspection.ts'
import { lockDirectory } from '../lock.ts'
import { damageOfLog } from '../log-damage.ts'
import { migrations } from '../migrations/index.ts'
import { filesIn } from './files.ts'
import { MoveError } from './move-error.ts'
import { markOf, type Source, type Standing } from './place.ts'
import { metaOf, sqliteRows } from './sqlite-rows.ts'

/** Refuses what no node of this version would start from. */
const refuseUnfit = (path: string): void => {
  const unfit = (what: string) => new MoveError('unfit', `the database ${path} ${what}`)
  const damage = damageOfLog(path)
  if (damage !== undefined) throw unfit(`is damaged (${damage}): restore a backup of it`)
  const inspection = inspect(path, Infinity)
  if (inspection.fault !== null) {
    const { fault } = inspection
    if (fault.kind === 'foreign') throw unfit('belongs to another program')
    if (fault.kind === 'newer') throw unfit('was written by a newer version: move it with that one')
    throw unfit(`is damaged (${fault.finding}): restore a backup of it`)
  }
  if (inspection.isBackup) throw unfit('is a backup: restore it into a directory, and move that')
  if (inspection.version < migrations.length)
    throw unfit('was written by an older version: start its node once with this one, and stop it again')
}

const numberIn = (db: DatabaseSync, name: string): number => {
  const value = metaOf(db, name)
  if (value === undefined) throw new Error(`the store has lost its ${name}`)
  return value
}

const standingIn = (db: DatabaseSync): Standing => ({
  epoch: numberIn(db, 'epoch'),
  lastTaskSequence: numberIn(db, 'last_task_sequence'),
  lastEventSequence: numberIn(db, 'last_event_sequence'),
})

/**
 * Opens the state of a data directory to read it; until it is closed no node can start there.
 * @throws MoveError `no-cluster` or `unfit`, DataDirectoryError where a node runs there
 */
export const moveFromDirectory = (dataDir: string): Source => {
  const path = join(dataDir, DATABASE)
  const database = databaseOf(dataDir)
  if (database !== undefined)
    throw new MoveError(
      'no-cluster',
      `the state of the cluster in ${dataDir} is in PostgreSQL (${database}): move it from there; if you mean what the directory held before, remove the file postgresql in it`,
    )
  if (bytesOf(path) === 0)
    throw new MoveError('no-cluster', `there is no cluster in ${dataDir}: name its data directory`)
  const lock = lockDirectory(dataDir)
  let db: DatabaseSync | undefined
  try {
    refuseUnfit(path)
    const opened = openUnchanged(path)
    db = opened
    const standing = standingIn(opened)
    return {
      ...sqliteRows(opened),
      standing,
      mark: markOf(
        standing.epoch,
        standing.lastTaskSequence,
        standing.lastEventSequence,
        numberIn(opened, 'probed_ms'),
      ),
      files: () => filesIn(dataDir),
      // Nobody else can have written: the directory is locked.
      isUnchanged: () => Promise.resolve(true),
      close: () => {
        opened.close()
        lock.release()
        return Promise.resolve()
      },
    }
  } catch (error) {
    db?.close()
    lock.release()
    throw error
  }
}
