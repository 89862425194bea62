/** The store as the domain sees it: rows that belong to it, one way to write, and the reads of history. */
import type {
  ApiKey,
  AuditAnchor,
  AuditEntry,
  ConfigPatch,
  DeviceProfile,
  DeviceStatus,
  LogEntry,
  LogLevel,
  MonitorEvent,
  Offer,
  TaskDetail,
  TaskStatus,
  Telemetry,
} from '../../../schemas/index.ts'

/** Something that a device said it cannot run. */
export interface Lack {
  /** `program`: a program is missing; `task_type`: it does not run the type after all; `input`: of this type, input of this size or more is too large. */
  readonly kind: 'program' | 'task_type' | 'input'
  /** The program, or the task type. */
  readonly name: string
  /** Of an `input` the size in KiB, a power of two; else 0. */
  readonly input_kib: number
  /** When it said so, epoch milliseconds. */
  readonly since_ms: number
}

/** A device that failed too often in a row gets nothing until then, and afterwards one task at a time until it completes one. */
export interface Probation {
  /** Epoch milliseconds. */
  readonly until_ms: number
  /** How long that pause is. */
  readonly seconds: number
}

/** What the scheduler has learned of a device from the ends of its attempts. */
export interface Learned {
  /** Programs that it has run well; the oldest are forgotten first. */
  readonly programs: readonly string[]
  /** What it is not asked again; the oldest are forgotten first. */
  readonly lacks: readonly Lack[]
  /** Failures in a row of types that others had completed in the hour before. */
  readonly failures: number
  /** Null while it is trusted. */
  readonly probation: Probation | null
}

/** A device as it is kept. */
export interface DeviceRecord {
  readonly id: string
  /** SHA-256 of its credential, hexadecimal. */
  readonly credential_hash: string
  readonly status: DeviceStatus
  readonly role: string
  readonly tags: readonly string[]
  readonly display_name: string | null
  readonly schedulable: boolean
  readonly profile: DeviceProfile
  readonly offer: Offer
  /** The last telemetry that was written; the live one is in memory. */
  readonly telemetry: Telemetry
  /** The role and the tags that the worker itself named last: a later change of these flags acts, a mere reconnect does not undo the owner's own. */
  readonly declared_role: string
  readonly declared_tags: readonly string[]
  readonly learned: Learned
  /** Epoch milliseconds. */
  readonly registered_ms: number
  /** Epoch milliseconds; as of the last write. */
  readonly last_seen_ms: number
}

/** What a device has done since it joined. */
export interface DeviceCounters {
  readonly device_id: string
  readonly completed: number
  readonly failed: number
}

/** A task as it is kept: the contract's object, and what only the node knows. */
export interface TaskRecord {
  /** The order in which it was taken in, never the clock. */
  readonly sequence: number
  /** Without `pending_reason`, which is computed when it is read. */
  readonly task: TaskDetail
  /** The epoch in which its current attempt was made. */
  readonly attempt_epoch: number
  /** Epoch milliseconds before which it is not given to a device; 0 for at once. */
  readonly not_before_ms: number
  /** How many of its attempts were lost with their device. */
  readonly lost: number
  /** Devices that said they cannot run it; they are not asked again. */
  readonly rejected_by: readonly string[]
  /** Epoch milliseconds, as `task.created_at`. */
  readonly created_ms: number
  /** Epoch milliseconds, as `task.completed_at`; null while it is not final. */
  readonly ended_ms: number | null
}

/** A task as a listing needs it: without its payload, of which a page could hold gigabytes. */
export type ListedTask = Omit<TaskRecord, 'task'> & { readonly task: Omit<TaskDetail, 'payload'> }

/** An event of the stream as it is kept. */
export interface StoredEvent {
  readonly sequence: number
  readonly event: MonitorEvent
}

/** A line of the log as it is kept: with its place in the order of all events. */
export interface StoredLog {
  readonly sequence: number
  readonly at_ms: number
  readonly entry: LogEntry
}

/** An API key as it is kept. */
export interface KeyRecord {
  readonly key: ApiKey
  /** SHA-256 of the secret, hexadecimal. */
  readonly secret_hash: string
}

/** What an idempotency key belongs to. */
export interface AnswerKey {
  /** Who asked: the id of an API key, or `anonymous` where none is asked for. */
  readonly caller: string
  /** What was asked: the path of the operation, below `/api/v1`. */
  readonly path: string
  /** The `Idempotency-Key` itself. */
  readonly key: string
}

/** The answer of a request that bore an idempotency key, as it is kept. */
export interface KeptAnswer extends AnswerKey {
  /** When it was made, epoch milliseconds. */
  readonly at_ms: number
  /** SHA-256 of the request's body, hexadecimal. */
  readonly body_hash: string
  /** What was answered: JSON of the contract. */
  readonly answer: object
}

/** A line of the audit log as it is kept. */
export interface StoredAudit {
  readonly at_ms: number
  readonly entry: AuditEntry
}

/** Which lines of the audit log a listing means. */
export interface AuditFilter {
  readonly key_id?: string
  readonly operation?: string
  readonly since_ms?: number
  readonly until_ms?: number
}

/** A device's figures over one minute or one hour. A field is null where no sample told it. */
export interface MetricsRow {
  readonly device_id: string
  /** The beginning of the minute or hour, epoch milliseconds. */
  readonly at_ms: number
  /** Heartbeats that went into it. */
  readonly samples: number
  /** Milliseconds of it in which the device was online. */
  readonly online_ms: number
  readonly cpu_avg: number | null
  readonly cpu_peak: number | null
  readonly memory_avg: number | null
  readonly memory_peak: number | null
  readonly storage_avg: number | null
  readonly storage_peak: number | null
  readonly rx_avg: number | null
  readonly tx_avg: number | null
}

/** Minute rows are kept for 25 hours, hour rows for 31 days (DESIGN: bounded on disk). */
export type MetricsResolution = 'minute' | 'hour'

/** What one commit writes: all of it, or nothing. Rows are whole; a row that exists is replaced. */
export interface Changes {
  readonly tasks: readonly TaskRecord[]
  readonly devices: readonly DeviceRecord[]
  /** Their counters and metrics go with them: a new device of the same id inherits nothing. */
  readonly removedDevices: readonly string[]
  readonly counters: readonly DeviceCounters[]
  readonly events: readonly StoredEvent[]
  readonly logs: readonly StoredLog[]
  readonly keys: readonly KeyRecord[]
  readonly removedKeys: readonly string[]
  readonly audit: readonly StoredAudit[]
  readonly metrics: readonly { readonly resolution: MetricsResolution; readonly row: MetricsRow }[]
  /** One that has expired is replaced. */
  readonly answers: readonly KeptAnswer[]
  /** What `PUT /config` stored, whole; undefined where it did not change. */
  readonly config?: ConfigPatch
}

/** What the node starts from. */
export interface StoredState {
  /** Identifies this history of the store: Unix time in milliseconds of its making; a restored copy gets a new one. */
  readonly epoch: number
  /** The highest sequence ever given to an event or a log line; 0 in a new store. */
  readonly lastEventSequence: number
  /** The highest sequence ever given to a task; 0 in a new store. */
  readonly lastTaskSequence: number
  readonly devices: readonly DeviceRecord[]
  readonly counters: readonly DeviceCounters[]
  /** Pending and running tasks, in sequence. */
  readonly unfinishedTasks: readonly TaskRecord[]
  readonly keys: readonly KeyRecord[]
  /** The last line of the audit log, kept or aged out; undefined in a new store. */
  readonly auditHead: AuditAnchor | undefined
  readonly config: ConfigPatch
}

/** Which tasks a listing means. Fields that are absent do not narrow it. */
export interface TaskFilter {
  readonly status?: TaskStatus
  readonly device_id?: string
  readonly task_type?: string
  readonly priority?: string
  readonly batch_id?: string
  /** `created_ms` at or after. */
  readonly since_ms?: number
  /** `created_ms` before. */
  readonly until_ms?: number
}

/** Which lines of the log a listing means. */
export interface LogFilter {
  /** This level and above. */
  readonly level: LogLevel
  readonly device_id?: string
  readonly task_id?: string
  readonly component?: string
  readonly since_ms?: number
  readonly until_ms?: number
}

/** A window of a listing: rows below a sequence, newest first. */
export interface Page {
  /** Only rows with a lower sequence; undefined from the newest on. */
  readonly before?: number
  readonly limit: number
}

/** Tasks by status. */
export type TaskCounts = Readonly<Record<TaskStatus, number>>

/** How many tasks of one kind became final in one hour. */
export interface TaskEnds {
  /** The beginning of the hour, epoch milliseconds. */
  readonly hour_ms: number
  /** The device that ran them last; null where none did. */
  readonly device_id: string | null
  readonly task_type: string
  readonly status: TaskStatus
  readonly count: number
  /** Sum of their `execution_time_seconds`. */
  readonly execution_seconds: number
}

/** A batch as its tasks tell of it. */
export interface BatchSummary {
  readonly counts: TaskCounts
  /** Epoch milliseconds at which its first task was taken in. */
  readonly first_created_ms: number
  /** Epoch milliseconds at which the last of those that are final ended; null where none is. */
  readonly last_ended_ms: number | null
}

/** What is kept: whatever is beyond any of these may go. Instants in epoch milliseconds. Unfinished tasks always stay. */
export interface Bounds {
  readonly tasksEndedSince_ms: number
  readonly maxFinishedTasks: number
  readonly eventsSince_ms: number
  readonly maxEvents: number
  readonly logsSince_ms: number
  /** Bytes of log entries, as JSON. */
  readonly maxLogBytes: number
  readonly auditSince_ms: number
  readonly maxAuditEntries: number
  /** Bytes of all that is kept together. */
  readonly maxBytes: number
  readonly minutesSince_ms: number
  readonly hoursSince_ms: number
  readonly answersSince_ms: number
  readonly maxAnswers: number
}

/** How far a removal has come. `more`: there is more to remove; `beyond`: there is not, and what is left is larger than it may be, as unfinished tasks stay. */
export type Pruned = 'more' | 'done' | 'beyond'

/** A refusal of the store. `full`: no room, nothing was written, later writes may succeed. `broken`: the store cannot be trusted again, and the process must end. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: 'full' | 'broken'
  constructor(kind: 'full' | 'broken', message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** The store. Reads see every commit that has resolved. */
export interface Store {
  /** Reads what the node starts from. */
  load(): Promise<StoredState>
  /**
   * Writes all changes in one transaction. Resolves when they are on disk (fsync), rejects with nothing written.
   * @throws StoreError
   */
  commit(changes: Changes): Promise<void>
  /** A finished or unfinished task; undefined where it is not kept. */
  task(task_id: string): Promise<TaskRecord | undefined>
  /** A page of tasks, newest first. */
  tasks(filter: TaskFilter, page: Page): Promise<readonly ListedTask[]>
  /** Counts of all tasks that match, by status. */
  taskCounts(filter: TaskFilter): Promise<TaskCounts>
  /** What was answered under an idempotency key, however long ago; undefined where nothing is kept. */
  keptAnswer(key: AnswerKey): Promise<KeptAnswer | undefined>
  /** The tasks of a batch, counted; undefined where none is kept. */
  batch(batch_id: string): Promise<BatchSummary | undefined>
  /** Ids of the failed and cancelled tasks of a batch that no other task repeats (`original_task_id`), oldest first. */
  unrepeated(batch_id: string, limit: number): Promise<readonly string[]>
  /** A page of the log, newest first. */
  logs(filter: LogFilter, page: Page): Promise<readonly StoredLog[]>
  /** How many lines match. */
  logCount(filter: LogFilter): Promise<number>
  /** A page of the audit log, newest first. */
  audit(filter: AuditFilter, page: Page): Promise<readonly StoredAudit[]>
  /** How many lines of it match. */
  auditCount(filter: AuditFilter): Promise<number>
  /** The last line of it that was pruned; undefined where none was. */
  auditAnchor(): Promise<AuditAnchor | undefined>
  /** Up to `limit` events after a sequence, oldest first. */
  eventsAfter(sequence: number, limit: number): Promise<readonly StoredEvent[]>
  /** The sequence of the oldest event that is kept; undefined where none is. */
  firstEventSequence(): Promise<number | undefined>
  /** Figures from `since_ms` on, of one device or of all, oldest first. */
  metrics(resolution: MetricsResolution, since_ms: number, device_id?: string): Promise<readonly MetricsRow[]>
  /** Tasks that became final at or after `since_ms`, of one device or of all, grouped by hour, device, type and status. */
  taskEnds(since_ms: number, device_id?: string): Promise<readonly TaskEnds[]>
  /** Removes some of what is beyond the bounds, the oldest first, in short transactions. */
  prune(bounds: Bounds): Promise<Pruned>
  /**
   * Whether there is room for new work. False from a write on that met a full disk, until `regainRoom` has found room
   * again. What must go on is still written meanwhile, as long as a reserve that is kept for this lasts.
   */
  hasRoom(): boolean
  /** Looks whether there is room again. Resolves with what `hasRoom` says then. */
  regainRoom(): Promise<boolean>
  /** A round trip to the disk and back, for health checks. */
  probe(): Promise<void>
  /** Ends it. Nothing may be called afterwards. */
  close(): Promise<void>
}
