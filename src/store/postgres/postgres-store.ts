/** The Store port on PostgreSQL: one node, whose lease keeps every other one from writing (docs/adr/0018-postgresql.md). */
import type { Log } from '../../cluster/ports/log.ts'
import { type Store, StoreError } from '../../cluster/ports/store.ts'
import { DatabaseError } from '../database-error.ts'
import { markElsewhere } from '../elsewhere.ts'
import { lockDirectory } from '../lock.ts'
import { shownAddress } from './address.ts'
import { changeWriter } from './changes.ts'
import { connect, type Connection, openReaders, type Readers } from './connection.ts'
import { inspectServer } from './durability.ts'
import { type Lease, takeLease } from './lease.ts'
import { loadState } from './load.ts'
import { migrate } from './migrate.ts'
import { readsOf } from './reads.ts'
import { prune } from './retention.ts'
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

const storeOn = (writer: Writer, readers: Readers, lastTask: number, release: () => void): Store => {
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

/** The database, ready to be written to by this process alone. */
const prepare = async (
  connection: Connection,
  shown: string,
  holder: string,
  log: Log,
): Promise<{ lease: Lease; lastTask: number }> => {
  const { run } = connection
  await inspectServer(run, shown, log)
  // The first migration makes the lease; those after it are not run under a node that serves.
  await migrate(run, shown, log, { version: 1 })
  const lease = await takeLease(run, holder, shown, log)
  await migrate(run, shown, log)
  const { rows } = await run<{ last_task_sequence: number }>('SELECT last_task_sequence FROM head')
  return { lease, lastTask: rows[0]?.last_task_sequence ?? 0 }
}

/** What keeps a database from being opened, in a sentence without secrets. */
const refusal = (shown: string, cause: unknown): unknown => {
  if (cause instanceof DatabaseError || !(cause instanceof Error)) return cause
  return new DatabaseError('unreachable', `the database ${shown} cannot be used (${cause.message})`, { cause })
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
  let connection: Connection | undefined
  try {
    connection = await connect(url)
    const holder = holderName()
    const { lease, lastTask } = await prepare(connection, shown, holder, log)
    markElsewhere(dataDir, shown)
    const writer = openWriter({ url, shown, holder, log, onBroken }, holding(connection, lease))
    log.info({ database: shown }, 'store opened')
    return storeOn(writer, openReaders(url), lastTask, () => lock.release())
  } catch (cause) {
    connection?.drop()
    lock.release()
    throw refusal(shown, cause)
  }
}
