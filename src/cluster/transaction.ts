/** What a unit of work can do: each of its changes goes into the state and the batch at once, and says how it is taken back. */
import type { ConfigPatch, LogEntry, LogLevel, MonitorEvent } from '../../schemas/index.ts'
import { logLevels } from '../../schemas/index.ts'
import { chained } from './audit-chain.ts'
import type { AuditLine } from './audit-line.ts'
import type { CommitBatch } from './commit-batch.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type {
  DeviceRecord,
  JoinTokenRecord,
  KeptAnswer,
  KeyRecord,
  MetricsResolution,
  MetricsRow,
  RevocationRecord,
  TaskRecord,
} from './ports/records.ts'
import type { State } from './state.ts'

/** What a unit of work can do. Everything in it is undone together. */
export interface Transaction {
  putTask(record: TaskRecord): void
  putDevice(record: DeviceRecord): void
  removeDevice(device_id: string): void
  /** Counts an ended task of a device. */
  countTask(device_id: string, status: 'completed' | 'failed'): void
  putKey(record: KeyRecord): void
  removeKey(key_id: string): void
  putJoinToken(record: JoinTokenRecord): void
  removeJoinToken(join_id: string): void
  putRevocation(record: RevocationRecord): void
  liftRevocation(credential_hash: string): void
  putConfig(patch: ConfigPatch): void
  putMetrics(resolution: MetricsResolution, row: MetricsRow): void
  /** Keeps an answer under its idempotency key. It may be called as the answer is made: that is before the commit. */
  keepAnswer(answer: KeptAnswer): void
  /** Appends a line to the audit log. It may be called as the answer is made: that is before the commit. */
  audit(line: AuditLine): void
  /** Appends an event to the stream; its `timestamp` is put in here. */
  record(event: Unstamped<MonitorEvent>): void
  /** Appends a line to the cluster's log, and to the stream. */
  log(level: LogLevel, line: Omit<LogEntry, 'timestamp' | 'level'>): void
  /** Runs once the unit is on disk. */
  after(effect: () => void): void
  /** Runs where the unit is undone: it takes back what was changed beside the rows. */
  undone(effect: () => void): void
}

/** An event without its instant. */
export type Unstamped<E> = E extends { timestamp: string } ? Omit<E, 'timestamp'> : never

/** Writes a row of the batch, and returns what restores the one before. */
const put = <V>(rows: Map<string, V>, id: string, row: V) => {
  const had = rows.has(id)
  const before = rows.get(id)
  rows.set(id, row)
  return () => {
    if (had) rows.set(id, before as V)
    else rows.delete(id)
  }
}

const append = <V>(rows: V[], row: V, undo: (() => void)[]) => {
  rows.push(row)
  undo.push(() => rows.pop())
}

/**
 * Opens a transaction on a batch.
 * @param logLevel - the least level that the cluster's log keeps
 */
export const openTransaction = (
  state: State,
  batch: CommitBatch,
  clock: Pick<Clock, 'now'>,
  logLevel: () => LogLevel,
): Transaction => {
  const { undo } = batch

  const nextSequence = () => {
    undo.push(() => (state.last.event -= 1))
    return (state.last.event += 1)
  }

  return {
    putTask: (record) => {
      const { task_id } = record.task
      undo.push(put(batch.tasks, task_id, record), state.tasks.set(task_id, record))
    },
    putDevice: (record) => undo.push(put(batch.devices, record.id, record), state.devices.set(record.id, record)),
    removeDevice: (id) =>
      undo.push(put(batch.devices, id, undefined), state.devices.set(id, undefined), state.counters.set(id, undefined)),
    countTask: (device_id, status) => {
      const before = state.counters.get(device_id) ?? { device_id, completed: 0, failed: 0 }
      undo.push(state.counters.set(device_id, { ...before, [status]: before[status] + 1 }))
      batch.counters.add(device_id)
    },
    putKey: (record) => undo.push(put(batch.keys, record.key.id, record), state.keys.set(record.key.id, record)),
    removeKey: (id) => undo.push(put(batch.keys, id, undefined), state.keys.set(id, undefined)),
    putJoinToken: (record) =>
      undo.push(put(batch.joinTokens, record.token.id, record), state.joinTokens.set(record.token.id, record)),
    removeJoinToken: (id) => undo.push(put(batch.joinTokens, id, undefined), state.joinTokens.set(id, undefined)),
    putRevocation: (record) =>
      undo.push(
        put(batch.revocations, record.credential_hash, record),
        state.revocations.set(record.credential_hash, record),
      ),
    liftRevocation: (hash) =>
      undo.push(put(batch.revocations, hash, undefined), state.revocations.set(hash, undefined)),
    putConfig: (patch) => {
      const { storedConfig } = state
      const before = batch.config
      undo.push(() => {
        state.storedConfig = storedConfig
        batch.config = before
      })
      state.storedConfig = patch
      batch.config = patch
    },
    putMetrics: (resolution, row) => append(batch.metrics, { resolution, row }, undo),
    keepAnswer: (answer) => append(batch.kept, answer, undo),
    audit: (line) => {
      const before = state.auditHead
      const at_ms = clock.now()
      const entry = chained({ ...line, sequence: before.sequence + 1, timestamp: toInstant(at_ms) }, before.hash)
      undo.push(() => (state.auditHead = before))
      state.auditHead = { sequence: entry.sequence, hash: entry.hash }
      append(batch.audit, { at_ms, entry }, undo)
    },
    record: (event) => {
      const stamped = { ...event, timestamp: toInstant(clock.now()) }
      append(batch.events, { sequence: nextSequence(), event: stamped }, undo)
    },
    log: (level, line) => {
      if (logLevels.indexOf(level) < logLevels.indexOf(logLevel())) return
      const at_ms = clock.now()
      const timestamp = toInstant(at_ms)
      const sequence = nextSequence()
      const { component, device_id, task_id, message } = line
      append(batch.logs, { sequence, at_ms, entry: { timestamp, level, ...line } }, undo)
      const event: MonitorEvent = { type: 'log_entry', timestamp, level, component, device_id, task_id, message }
      append(batch.events, { sequence, event }, undo)
    },
    after: (effect) => append(batch.effects, effect, undo),
    undone: (effect) => undo.push(effect),
  }
}
