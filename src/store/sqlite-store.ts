/** The Store port on `node:sqlite`. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../cluster/ports/log.ts'
import { type Changes, type Store, StoreError, type StoredState } from '../cluster/ports/store.ts'
import { answerTable } from './answers.ts'
import { auditLog } from './audit.ts'
import { batchSummary, left, unrepeated } from './batches.ts'
import { checkpoints } from './checkpoints.ts'
import { openDatabase } from './database.ts'
import { DataDirectoryError } from './data-directory-error.ts'
import { deviceTable } from './devices.ts'
import { databaseOf, unmarkElsewhere } from './elsewhere.ts'
import { DATABASE } from './file-names.ts'
import { journalTable } from './journal.ts'
import { joiningTables } from './joining.ts'
import { keyTable } from './keys.ts'
import { lockDirectory } from './lock.ts'
import { logTable } from './logs.ts'
import { metaTable } from './meta.ts'
import { figureTable } from './metrics.ts'
import { type Restoration, restoreBackup } from './restore.ts'
import { retention } from './retention.ts'
import { openRoom, type Room } from './room.ts'
import { spaceOf } from './space.ts'
import { asStoreError, resultCodeOf, resultCodes } from './sqlite-error.ts'
import { taskArtifactTable } from './task-artifacts.ts'
import { taskCounting } from './task-counts.ts'
import { taskEnding } from './task-ends.ts'
import { taskListing } from './task-listing.ts'
import { taskTable } from './tasks.ts'
import { transactions } from './transaction.ts'

/** SQLite answers at once; the port promises, because PostgreSQL does not. */
const answer = <T>(work: () => T): Promise<T> =>
  new Promise((resolve) => {
    try {
      resolve(work())
    } catch (cause) {
      throw asStoreError(cause)
    }
  })

const highest = (rows: readonly { readonly sequence: number }[]): number =>
  rows.reduce((most, { sequence }) => Math.max(most, sequence), 0)

/**
 * The store on a database that {@link openDatabase} opened. It is the only one that writes there.
 * @param room - the room of its directory
 * @param release - what is to be done once it is closed
 */
export const sqliteStore = (db: DatabaseSync, room: Room, release: () => void): Store => {
  const checkpoint = checkpoints(db)
  const transact = transactions(db, () => {
    try {
      checkpoint()
    } catch (cause) {
      // The log goes on until there is room in the database.
      if (resultCodeOf(cause) !== resultCodes.full) throw cause
      room.ranOut(0)
    }
  })
  const meta = metaTable(db)
  const artifacts = taskArtifactTable(db)
  const tasks = taskTable(db, artifacts)
  const devices = deviceTable(db)
  const journal = journalTable(db)
  const logs = logTable(db)
  const keys = keyTable(db)
  const joining = joiningTables(db)
  const audit = auditLog(db)
  const figures = figureTable(db)
  const answers = answerTable(db)
  const listing = taskListing(db)
  const counting = taskCounting(db)
  const batch = batchSummary(db)
  const failures = unrepeated(db)
  const leftOf = left(db)
  const ending = taskEnding(db)
  const { prune, shrink } = retention(db)
  const space = spaceOf(db)

  const write = (changes: Changes): void => {
    for (const id of changes.removedDevices) devices.remove(id)
    for (const device of changes.devices) devices.save(device)
    for (const counters of changes.counters) devices.saveCounters(counters)
    for (const record of changes.tasks) tasks.save(record)
    for (const id of changes.removedKeys) keys.remove(id)
    for (const key of changes.keys) keys.save(key)
    for (const id of changes.removedJoinTokens) joining.removeToken(id)
    for (const token of changes.joinTokens) joining.saveToken(token)
    for (const hash of changes.liftedRevocations) joining.lift(hash)
    for (const revocation of changes.revocations) joining.revoke(revocation)
    for (const line of changes.audit) audit.save(line)
    for (const { resolution, row } of changes.metrics) figures.save(resolution, row)
    for (const line of changes.logs) logs.save(line)
    for (const kept of changes.answers) answers.save(kept)
    if (changes.config !== undefined) meta.saveConfig(changes.config)
    journal.append(changes.events)
    // Kept apart from the rows, for those age out, and no sequence may be given twice.
    if (changes.tasks.length > 0) meta.raise('last_task_sequence', highest(changes.tasks))
    const told = Math.max(highest(changes.events), highest(changes.logs))
    if (told > 0) meta.raise('last_event_sequence', told)
  }

  /** Where the disk is full the reserve is let go, and the same is tried again. `bytes` is asked only then. */
  const transactInRoom = <T>(bytes: () => number, work: () => T): T => {
    try {
      return transact(work)
    } catch (error) {
      const isFull = error instanceof StoreError && error.kind === 'full'
      if (!isFull || !room.ranOut(bytes())) throw error
      return transact(work)
    }
  }
  const small = () => 0

  const load = (): StoredState => ({
    epoch: meta.get('epoch'),
    lastEventSequence: meta.get('last_event_sequence'),
    lastTaskSequence: meta.get('last_task_sequence'),
    devices: devices.all(),
    counters: devices.allCounters(),
    unfinishedTasks: tasks.unfinished(),
    keys: keys.all(),
    joinTokens: joining.tokens(),
    revocations: joining.revocations(),
    auditHead: audit.head(),
    config: meta.config(),
  })

  return {
    load: () => answer(load),
    commit: (changes) =>
      answer(() =>
        transactInRoom(
          () => JSON.stringify(changes).length,
          () => write(changes),
        ),
      ),
    task: (task_id) => answer(() => tasks.find(task_id)),
    tasks: (filter, page) => answer(() => listing(filter, page)),
    taskCounts: (filter) => answer(() => counting(filter)),
    keptAnswer: (key) => answer(() => answers.find(key)),
    namedSince: (sha256, since_ms) => answer(() => artifacts.namedSince(sha256, since_ms)),
    batch: (batch_id) => answer(() => batch(batch_id)),
    unrepeated: (batch_id, after, limit) => answer(() => failures(batch_id, after, limit)),
    left: (batch_id, after, limit) => answer(() => leftOf(batch_id, after, limit)),
    logs: (filter, page) => answer(() => logs.page(filter, page)),
    logCount: (filter) => answer(() => logs.count(filter)),
    audit: (filter, page) => answer(() => audit.page(filter, page)),
    auditCount: (filter) => answer(() => audit.count(filter)),
    auditAnchor: () => answer(() => audit.anchor()),
    eventsAfter: (sequence, limit) => answer(() => journal.after(sequence, limit)),
    firstEventSequence: () => answer(() => journal.first()),
    metrics: (resolution, since_ms, device_id) => answer(() => figures.since(resolution, since_ms, device_id)),
    taskEnds: (since_ms, device_id) => answer(() => ending(since_ms, device_id)),
    prune: (bounds) =>
      answer(() => {
        const removals = transactInRoom(small, () => [prune(bounds), audit.prune(bounds), shrink(space.used(), bounds)])
        // Apart from what was removed: those pages are free only now.
        const isMoreToGive = transactInRoom(small, () => space.giveBack(room.has() ? 'spare' : 'all'))
        if (isMoreToGive || removals.includes(true)) return 'more'
        return space.used() > bounds.maxBytes ? 'beyond' : 'done'
      }),
    // A commit: a read would come from memory, and tell nothing of the disk.
    probe: () => answer(() => transactInRoom(small, () => meta.set('probed_ms', Date.now()))),
    hasRoom: () => room.has(),
    regainRoom: () => room.regain(),
    close: () =>
      answer(() => {
        db.close()
        release()
      }),
  }
}

/** Where a store is, and what happens before it is opened. */
export type StoreOptions = {
  /** The data directory; made where it is missing. */
  readonly dataDir: string
  readonly log: Log
  /** A backup to begin from. */
  readonly restore?: Restoration | undefined
  /** What to do where the state of the directory is in PostgreSQL: refuse, or leave it there and go on with a file. */
  readonly elsewhere?: 'refuse' | 'leave'
}

const stateElsewhere = (dataDir: string, database: string): DataDirectoryError =>
  new DataDirectoryError(
    'elsewhere',
    `the state of the cluster in ${dataDir} is in PostgreSQL (${database}): name that by --database, or leave it there and go on with a file by --leave-database`,
  )

/**
 * Opens the store of a data directory, `cluster.db` in it, and takes the directory for this process.
 * @throws DataDirectoryError where the directory or the database cannot be used
 * @throws BackupError where the backup cannot be restored
 * @example const store = await openSqliteStore({ dataDir: '/var/lib/retire-cluster', log })
 */
export const openSqliteStore = async ({
  dataDir,
  log,
  restore,
  elsewhere = 'refuse',
}: StoreOptions): Promise<Store> => {
  const path = join(dataDir, DATABASE)
  const lock = lockDirectory(dataDir)
  try {
    const database = databaseOf(dataDir)
    if (database !== undefined && elsewhere === 'refuse') throw stateElsewhere(dataDir, database)
    const room = openRoom(dataDir)
    if (restore !== undefined) restoreBackup(dataDir, restore, log)
    const store = sqliteStore(openDatabase(path, log), room, () => lock.release())
    if (database !== undefined) {
      unmarkElsewhere(dataDir)
      log.warn({ path, database }, 'the state in the database is left behind')
    }
    await room.regain()
    log.info({ path }, 'store opened')
    if (!room.has()) log.warn({ path }, 'the disk is full: new work is refused until there is room')
    return store
  } catch (cause) {
    lock.release()
    throw asStoreError(cause)
  }
}
