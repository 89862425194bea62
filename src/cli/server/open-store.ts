/** Opens the store of a node, and waits for room where its disk has none. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../../cluster/ports/store.ts'
import { DataDirectoryError } from '../../store/data-directory-error.ts'
import { openSqliteStore, type StoreOptions } from '../../store/sqlite-store.ts'

/** A disk without room is looked at so often, milliseconds. */
const LOOK_MS = 1000

/**
 * Opens the store. A cluster whose disk is full to the last byte, its reserve too, is not refused for that: it starts by itself
 * once there is room, as one does that was running. Rejects with an AbortError where it is told to stop meanwhile.
 * @throws what `openSqliteStore` throws
 */
const openFile = async (options: StoreOptions, stopping: AbortSignal): Promise<Store> => {
  for (let isTold = false; ; isTold = true) {
    try {
      return await openSqliteStore(options)
    } catch (error) {
      // A backup is restored once, with a person looking on.
      const isWorthWaiting = error instanceof DataDirectoryError && error.kind === 'full' && !options.restore
      if (!isWorthWaiting) throw error
      if (!isTold) options.log.warn({ reason: error.message }, 'waiting for room on the disk')
      await pause(LOOK_MS, undefined, { signal: stopping })
    }
  }
}

/** The store of a node: a PostgreSQL database where one is named, else a file in the data directory. */
export type StorePlace = StoreOptions & {
  /** `--database`. */
  readonly database: string | undefined
  /** A database can be lost to another node, though nobody asks anything of it: hears once of it. */
  readonly onBroken: (error: Error) => void
}

/**
 * Opens the store of a node.
 * @throws DataDirectoryError, BackupError, DatabaseError
 */
export const openStore = async (
  { database, onBroken, ...options }: StorePlace,
  stopping: AbortSignal,
): Promise<Store> => {
  if (database === undefined) return openFile(options, stopping)
  // Loaded only here: most clusters need none of it, and it costs memory and a moment at the start.
  const { openPostgresStore } = await import('../../store/postgres/postgres-store.ts')
  const { dataDir, log } = options
  return openPostgresStore({ url: database, dataDir, log, onBroken })
}
