/** A node among others on one database: one of them has the lease and writes, and whoever finds it free takes it (docs/adr/0019-several-nodes.md). */
import type { Log } from '../../cluster/ports/log.ts'
import type { StoreError } from '../../cluster/ports/store.ts'
import { markElsewhere } from '../elsewhere.ts'
import { lockDirectory } from '../lock.ts'
import type { Membership, Seat } from '../membership.ts'
import { shownAddress } from './address.ts'
import { connect, type Connection, openForFiles, openReaders } from './connection.ts'
import { refusal } from './database-refusal.ts'
import { inspectServer } from './durability.ts'
import { type Lease, releaseLease, tryLease } from './lease.ts'
import { sharedSecret, storedConfig } from './members.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { lastSequences, type PostgresOptions, refuseBeside, refuseUnfinished, storeOn } from './postgres-store.ts'
import { asStoreError } from './postgres-error.ts'
import { openPostgresFiles } from './postgres-files.ts'
import { type Watch, watchLease } from './watch.ts'
import { holderName, holding, openWriter } from './writer.ts'

/** The lease and the members, which every node needs, are made by so many migrations: none of these runs under a node that could not bear it. */
const BEFORE_THE_LEASE = 2

/** Where the database is, and the directory of this node. */
export type DatabasePlace = Omit<PostgresOptions, 'onBroken'>

/** A node, and its database. */
type Whole = { readonly url: string; readonly shown: string; readonly id: string; readonly log: Log }

/** Opens the store under a lease that was taken. */
const openUnder = async (
  connection: Connection,
  { url, shown, id, log }: Whole,
  { lease, askedMs }: { readonly lease: Lease; readonly askedMs: number },
  onBroken: (error: StoreError) => void,
): Promise<Seat> => {
  try {
    await migrate(connection.run, shown, log)
    const { task } = await lastSequences(connection.run)
    const writer = openWriter({ url, shown, holder: id, log, onBroken }, holding(connection, lease, askedMs))
    const pieces = openForFiles(url)
    return {
      store: storeOn(writer, openReaders(url), task, () => void pieces.end()),
      files: openPostgresFiles({ run: pieces.run, transact: writer.transact, log }),
      holds: writer.holds,
    }
  } catch (error) {
    await releaseLease(connection.run, lease.term).catch(() => undefined)
    throw error
  }
}

/** Takes the lease, and opens the store, on a new connection; undefined where another node was faster. */
const takeSeat = async (whole: Whole, onBroken: (error: StoreError) => void): Promise<Seat | undefined> => {
  const connection = await connect(whole.url)
  try {
    const askedMs = performance.now()
    const lease = await tryLease(connection.run, whole.id)
    if (lease === undefined) {
      await connection.end()
      return undefined
    }
    whole.log.info({ database: whole.shown }, 'this node has the lease, and schedules from now on')
    return await openUnder(connection, whole, { lease, askedMs }, onBroken)
  } catch (error) {
    connection.drop()
    throw error
  }
}

const open = async (
  connection: Connection,
  { url, dataDir, log }: DatabasePlace,
  release: () => void,
): Promise<Membership> => {
  const shown = shownAddress(url)
  await inspectServer(connection.run, shown, log)
  await migrate(connection.run, shown, log, { version: BEFORE_THE_LEASE })
  await refuseUnfinished(connection.run, shown)
  if ((await lastSequences(connection.run)).event === 0) refuseBeside(dataDir, shown)
  markElsewhere(dataDir, shown)
  const id = holderName()
  const stored = await storedConfig(connection.run)
  let watch: Watch | undefined
  let schema = 0

  return {
    id,
    secret: (name, own) => sharedSecret(connection.run, name, own),
    storedConfig: stored,
    enter: (introduction, onGlance) => {
      // What is asked before the others know of this node needs no connection any more.
      void connection.end().catch(() => undefined)
      watch = watchLease({
        url,
        shown,
        id,
        introduction,
        log,
        onGlance: (glance) => {
          schema = glance.schema
          onGlance(glance)
        },
      })
    },
    wake: () => watch?.wake(),
    takeOver: async (onBroken) => {
      // Its lease is for nodes of that version.
      if (schema > migrations.length) return undefined
      try {
        return await takeSeat({ url, shown, id, log }, onBroken)
      } catch (error) {
        throw asStoreError(error)
      }
    },
    leave: async () => {
      if (watch === undefined) await connection.end().catch(() => undefined)
      await watch?.close()
      release()
    },
  }
}

/**
 * Joins the nodes of a database, which is made ready where it is new, and takes the directory for this process.
 * @throws DatabaseError where the database cannot be used
 * @throws DataDirectoryError where the directory cannot
 */
export const openMembership = async (options: DatabasePlace): Promise<Membership> => {
  const lock = lockDirectory(options.dataDir)
  let connection: Connection | undefined
  try {
    connection = await connect(options.url)
    return await open(connection, options, () => lock.release())
  } catch (cause) {
    connection?.drop()
    lock.release()
    throw refusal(shownAddress(options.url), cause)
  }
}
