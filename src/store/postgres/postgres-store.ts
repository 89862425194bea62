/** The Store port on PostgreSQL, for one program that has the database to itself (docs/adr/0018-postgresql.md). */
import { join } from 'node:path'
import type { Log } from '../../cluster/ports/log.ts'
import { type Store, StoreError } from '../../cluster/ports/store.ts'
import { DatabaseError } from '../database-error.ts'
import { databaseOf, markElsewhere } from '../elsewhere.ts'
import { DATABASE } from '../file-names.ts'
import { bytesOf } from '../inspection.ts'
import { lockDirectory } from '../lock.ts'
import { shownAddress } from './address.ts'
import { changeWriter } from './changes.ts'
import { openReaders, type Readers, SCHEMA } from './connection.ts'
import { refusal } from './database-refusal.ts'
import { loadState } from './load.ts'
import { readsOf } from './reads.ts'
import { prune } from './retention.ts'
import type { Run } from './run.ts'
import { giveBack, takeDatabase, type TakenDatabase } from './take-database.ts'
import { holderName, holding, openWriter, type Writer } from './writer.ts'

/** Where a store is. */
export type PostgresOptions = {
  /** `postgres://user@host/name`; the password may stand in it, in PGPASSWORD or in ~/.pgpass. */
  readonly url: string
  /** The data directory, which this process takes for itself: files of tasks and secrets stay in it. */
  readonly dataDir: string
  readonly log: Log
  /** Hears once that the store can't be trusted again, such as that another node has the lease, though nobody asks anything of it. */
  readonly onBroken: (error: StoreError) => void
}

/** The port on what was opened; `release` is called at its end. */
export const storeOn = (writer: Writer, readers: Readers, lastTask: number, release: () => void): Store => {
  const write = changeWriter(lastTask)
  let hasRoom = true

  /** Remembers a full disk. */
  const inRoom = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'full') hasRoom = false
      throw error
    }
  }
  const probe = async () => {
    await inRoom(writer.transact((run) => run(`UPDATE meta SET value = $1 WHERE name = 'probed_ms'`, [Date.now()])))
  }

  return {
    ...readsOf(readers),
    load: () => readers.snapshot(loadState),
    commit: (changes) => inRoom(writer.commit((run, term, number) => write(run, term, number, changes))),
    prune: (bounds) => inRoom(writer.transact((run) => prune(run, bounds))),
    probe,
    hasRoom: () => hasRoom,
    // Nothing but a write tells: how much room the database has is known to its own machine alone.
    regainRoom: async () => {
      hasRoom ||= await probe().then(
        () => true,
        () => false,
      )
      return hasRoom
    },
    close: async () => {
      await writer.close()
      await readers.end()
      release()
    },
  }
}

/** What is not a cluster yet must not be served: it would go on from a part of its state. */
export const refuseUnfinished = async (run: Run, shown: string): Promise<void> => {
  const { rows } = await run(`SELECT 1 FROM meta WHERE name = 'moving'`)
  if (rows.length > 0)
    throw new DatabaseError(
      'unfinished',
      `the move of a cluster to the database ${shown} was broken off: run the same retire-cluster migrate again, or DROP SCHEMA ${SCHEMA} CASCADE`,
    )
}

/** A new database beside the state of a cluster: whoever names it expects that state in it. */
export const refuseBeside = (dataDir: string, shown: string): void => {
  if (databaseOf(dataDir) !== undefined || bytesOf(join(dataDir, DATABASE)) === 0) return
  throw new DatabaseError(
    'beside',
    `the state of the cluster in ${dataDir} is in ${DATABASE}, and the database ${shown} is empty: move it there by retire-cluster migrate, or name another directory with --data-dir`,
  )
}

/** The highest sequences that were given. */
export const lastSequences = async (run: Run): Promise<{ task: number; event: number }> => {
  const { rows } = await run<{ task: number; event: number }>(
    'SELECT last_task_sequence AS task, last_event_sequence AS event FROM head',
  )
  return rows[0] ?? { task: 0, event: 0 }
}

/**
 * Opens the store of a database, makes its tables where they are missing, and takes the database and the directory for this process.
 * @throws DatabaseError where the database cannot be used
 * @throws DataDirectoryError where the directory cannot
 * @example const store = await openPostgresStore({ url: 'postgres://node@db.example/cluster', dataDir, log, onBroken })
 */
export const openPostgresStore = async ({ url, dataDir, log, onBroken }: PostgresOptions): Promise<Store> => {
  const shown = shownAddress(url)
  const lock = lockDirectory(dataDir)
  let taken: TakenDatabase | undefined
  try {
    const holder = holderName()
    taken = await takeDatabase(url, shown, holder, log)
    const { connection, lease } = taken
    await refuseUnfinished(connection.run, shown)
    const last = await lastSequences(connection.run)
    if (last.event === 0) refuseBeside(dataDir, shown)
    markElsewhere(dataDir, shown)
    const writer = openWriter({ url, shown, holder, log, onBroken }, holding(connection, lease, performance.now()))
    log.info({ database: shown }, 'store opened')
    return storeOn(writer, openReaders(url), last.task, () => lock.release())
  } catch (cause) {
    if (taken !== undefined) await giveBack(taken)
    lock.release()
    throw refusal(shown, cause)
  }
}
