/** The state in a PostgreSQL database, as it goes to another place. */
import { MoveError } from '../moving/move-error.ts'
import { markOf, type Source, type Standing } from '../moving/place.ts'
import { shownAddress } from './address.ts'
import { type Connection, connectToRead } from './connection.ts'
import { refusal } from './database-refusal.ts'
import { awaitFree } from './lease.ts'
import { migrations } from './migrations/index.ts'
import { SCHEMA_LOCK, schemaVersion } from './migrate.ts'
import { filesOf } from './move-files.ts'
import { postgresRows } from './move-rows.ts'
import { asStoreError } from './postgres-error.ts'
import type { Run } from './run.ts'

/** Refuses what no node of this version would start from. */
const refuseUnfit = async (run: Run, shown: string): Promise<void> => {
  const version = await schemaVersion(run)
  if (version === 0) throw new MoveError('no-cluster', `there is no cluster in the database ${shown}`)
  const unfit = (what: string) => new MoveError('unfit', `the database ${shown} ${what}`)
  if (version > migrations.length) throw unfit('was written by a newer version: move it with that one')
  if (version < migrations.length)
    throw unfit('was written by an older version: start its node once with this one, and stop it again')
  const { rows } = await run(`SELECT 1 FROM meta WHERE name = 'moving'`)
  if (rows.length > 0) throw unfit('holds a part of a cluster that was on its way to it: move that to its end first')
}

type Head = { epoch: number; last_task_sequence: number; last_event_sequence: number; term: number; commits: number }

const headOf = async (run: Run): Promise<Head> => {
  const { rows } = await run<Head>(
    `SELECT value AS epoch, last_task_sequence, last_event_sequence, term, commits FROM head, meta WHERE name = 'epoch'`,
  )
  if (rows[0] === undefined) throw new Error('the store has lost its head')
  return rows[0]
}

const opened = async (connection: Connection, shown: string): Promise<Source> => {
  const { run } = connection
  // Whoever starts waits for it, before anything else is written: nothing is written to the source itself, not even a lease.
  await run('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK])
  await refuseUnfit(run, shown)
  await awaitFree(run, shown)
  await run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const { epoch, last_task_sequence, last_event_sequence, term, commits } = await headOf(run)
  const standing: Standing = { epoch, lastTaskSequence: last_task_sequence, lastEventSequence: last_event_sequence }
  const told: Run = async (text, values) => {
    try {
      return await run(text, values)
    } catch (error) {
      throw asStoreError(error)
    }
  }
  return {
    ...postgresRows(told),
    standing,
    mark: markOf(epoch, last_task_sequence, last_event_sequence, commits),
    files: () => filesOf(told),
    isUnchanged: async () => {
      await told('COMMIT')
      const now = await headOf(told)
      return now.term === term && now.commits === commits
    },
    close: () => connection.end(),
  }
}

/**
 * Opens the state in a database to read it, as it is at this moment.
 * @throws MoveError `no-cluster` or `unfit`, DatabaseError `taken` where a node runs on it, and where it cannot be used
 */
export const moveFromDatabase = async (url: string): Promise<Source> => {
  const shown = shownAddress(url)
  let connection: Connection | undefined
  try {
    connection = await connectToRead(url)
    return await opened(connection, shown)
  } catch (cause) {
    connection?.drop()
    throw refusal(shown, cause)
  }
}
