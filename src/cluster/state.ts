/** The hot state: what lives in memory, with the indexes that the decisions need. Every write can be undone. */
import type { AuditAnchor, ConfigPatch, DeviceStatus } from '../../schemas/index.ts'
import { isAssigned } from './attempt.ts'
import { GENESIS } from './audit-chain.ts'
import { type Benchmarks, createBenchmarks } from './benchmarks.ts'
import { createNamedFiles, type NamedFiles } from './files/named-files.ts'
import { createPendingQueue, type PendingQueue } from './pending-queue.ts'
import type {
  DeviceCounters,
  DeviceRecord,
  JoinTokenRecord,
  KeyRecord,
  RevocationRecord,
  TaskRecord,
} from './ports/records.ts'
import type { StoredState } from './ports/store.ts'
import { createSorted, inCodeUnits, type Sorted } from './sorted.ts'
import { isFinal } from './transitions.ts'

/** A table of immutable rows; `set` with undefined deletes. */
export interface Table<V> {
  get(id: string): V | undefined
  has(id: string): boolean
  values(): IterableIterator<V>
  readonly size: number
  /** Writes a row, and returns what takes the write back. */
  set(id: string, row: V | undefined): () => void
}

const createTable = <V>(
  changed: (id: string, before: V | undefined, after: V | undefined) => void = () => undefined,
) => {
  const rows = new Map<string, V>()
  const write = (id: string, row: V | undefined) => {
    const before = rows.get(id)
    if (row === undefined) rows.delete(id)
    else rows.set(id, row)
    changed(id, before, row)
    return before
  }
  const table: Table<V> = {
    get: (id) => rows.get(id),
    has: (id) => rows.has(id),
    values: () => rows.values(),
    get size() {
      return rows.size
    },
    set: (id, row) => {
      const before = write(id, row)
      return () => write(id, before)
    },
  }
  return table
}

/** What lives in memory. */
export interface State {
  readonly epoch: number
  readonly devices: Table<DeviceRecord>
  /** The device whose credential has this SHA-256, in hexadecimal. */
  deviceOf(credential_hash: string): DeviceRecord | undefined
  /** How fast the devices are by their benchmarks. */
  readonly benchmarks: Benchmarks
  /** Ids of the registered devices, in order. */
  readonly deviceIds: Sorted<string>
  /** Registered devices by status. */
  readonly deviceCounts: Readonly<Record<DeviceStatus, number>>
  /** Ids of the devices that are on probation. */
  readonly onProbation: ReadonlySet<string>
  /** Ids of the devices that have changed, or what they hold or tell of themselves, since the scheduler looked last: it empties this. */
  readonly changedDevices: Set<string>
  readonly counters: Table<DeviceCounters>
  /** Pending and running tasks; a final one leaves. */
  readonly tasks: Table<TaskRecord>
  readonly keys: Table<KeyRecord>
  /** The key whose secret has this SHA-256, in hexadecimal. */
  keyOf(secret_hash: string): KeyRecord | undefined
  readonly joinTokens: Table<JoinTokenRecord>
  /** The join token whose secret has this SHA-256, in hexadecimal. */
  joinTokenOf(secret_hash: string): JoinTokenRecord | undefined
  /** By the SHA-256 of the credential, in the order in which the devices were removed. */
  readonly revocations: Table<RevocationRecord>
  /** What `PUT /config` stored. */
  storedConfig: ConfigPatch
  /** The last line of the audit log. */
  auditHead: AuditAnchor
  /** The last sequences given out. */
  readonly last: { event: number; task: number }
  /** Tasks that wait for a device. */
  readonly queue: PendingQueue
  /** Ids of the tasks that a device holds. */
  assignedTo(device_id: string): ReadonlySet<string>
  /** Ids of the tasks that wait for this device and no other. */
  pinnedTo(device_id: string): TaskRecord[]
  /** How many tasks of a batch are not final. */
  unfinishedOf(batch_id: string): number
  /** The files that unfinished tasks take. */
  readonly namedFiles: Pick<NamedFiles, 'has'>
  /** Unfinished tasks by status. */
  readonly counts: { pending: number; running: number }
}

const nothing: ReadonlySet<string> = new Set()

/** The state as the store has it. */
export const createState = (stored: StoredState): State => {
  const queue = createPendingQueue()
  const changedDevices = new Set<string>()
  const assigned = new Map<string, Set<string>>()
  const counts = { pending: 0, running: 0 }
  const batches = new Map<string, number>()
  const namedFiles = createNamedFiles()

  const count = (record: TaskRecord | undefined, by: 1 | -1) => {
    const status = record?.task.status
    if (status === 'pending' || status === 'running') counts[status] += by
  }
  const countBatch = (record: TaskRecord | undefined, by: 1 | -1) => {
    const batch_id = record?.task.batch_id ?? null
    if (batch_id === null) return
    const left = (batches.get(batch_id) ?? 0) + by
    if (left === 0) batches.delete(batch_id)
    else batches.set(batch_id, left)
  }
  const hold = (record: TaskRecord | undefined, id: string, held: boolean) => {
    if (record === undefined || !isAssigned(record)) return
    const device_id = record.task.device_id ?? ''
    changedDevices.add(device_id)
    const tasks = assigned.get(device_id) ?? new Set()
    assigned.set(device_id, tasks)
    if (held) tasks.add(id)
    else tasks.delete(id)
    if (tasks.size === 0) assigned.delete(device_id)
  }

  const tasks = createTable<TaskRecord>((id, before, after) => {
    count(before, -1)
    count(after, 1)
    countBatch(before, -1)
    countBatch(after, 1)
    hold(before, id, false)
    hold(after, id, true)
    namedFiles.update(before, after)
    queue.update(after, id)
  })

  const keysByHash = new Map<string, KeyRecord>()
  const keys = createTable<KeyRecord>((_id, before, after) => {
    if (before !== undefined) keysByHash.delete(before.secret_hash)
    if (after !== undefined) keysByHash.set(after.secret_hash, after)
  })
  const joinTokensByHash = new Map<string, JoinTokenRecord>()
  const joinTokens = createTable<JoinTokenRecord>((_id, before, after) => {
    if (before !== undefined) joinTokensByHash.delete(before.secret_hash)
    if (after !== undefined) joinTokensByHash.set(after.secret_hash, after)
  })
  const devicesByHash = new Map<string, DeviceRecord>()
  const benchmarks = createBenchmarks()
  const deviceCounts = { online: 0, offline: 0, pending_approval: 0 }
  const deviceIds = createSorted(inCodeUnits)
  const onProbation = new Set<string>()
  const devices = createTable<DeviceRecord>((id, before, after) => {
    benchmarks.update(before, after)
    changedDevices.add(id)
    if (after === undefined) deviceIds.remove(id)
    else if (before === undefined) deviceIds.add(id)
    if (before !== undefined) deviceCounts[before.status] -= 1
    if (after !== undefined) deviceCounts[after.status] += 1
    if ((after?.learned.probation ?? null) === null) onProbation.delete(id)
    else onProbation.add(id)
    if (before !== undefined) devicesByHash.delete(before.credential_hash)
    if (after !== undefined) devicesByHash.set(after.credential_hash, after)
  })

  const state: State = {
    epoch: stored.epoch,
    devices,
    deviceOf: (credential_hash) => devicesByHash.get(credential_hash),
    benchmarks,
    deviceIds,
    deviceCounts,
    onProbation,
    changedDevices,
    counters: createTable(),
    tasks: {
      ...tasks,
      get size() {
        return tasks.size
      },
      set: (id, row) => tasks.set(id, row !== undefined && isFinal(row.task.status) ? undefined : row),
    },
    keys,
    keyOf: (secret_hash) => keysByHash.get(secret_hash),
    joinTokens,
    joinTokenOf: (secret_hash) => joinTokensByHash.get(secret_hash),
    revocations: createTable(),
    storedConfig: stored.config,
    auditHead: stored.auditHead ?? GENESIS,
    last: { event: stored.lastEventSequence, task: stored.lastTaskSequence },
    queue,
    assignedTo: (device_id) => assigned.get(device_id) ?? nothing,
    pinnedTo: (device_id) =>
      [...tasks.values()].filter(({ task }) => task.requested_device_id === device_id && task.device_id === null),
    unfinishedOf: (batch_id) => batches.get(batch_id) ?? 0,
    namedFiles,
    counts,
  }
  for (const device of stored.devices) state.devices.set(device.id, device)
  for (const counters of stored.counters) state.counters.set(counters.device_id, counters)
  for (const record of stored.unfinishedTasks) state.tasks.set(record.task.task_id, record)
  for (const key of stored.keys) state.keys.set(key.key.id, key)
  for (const token of stored.joinTokens) state.joinTokens.set(token.token.id, token)
  for (const revocation of stored.revocations) state.revocations.set(revocation.credential_hash, revocation)
  return state
}
