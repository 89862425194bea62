/** The store as the domain sees it: one way to write, and the reads of history. */
import type { AuditAnchor, ConfigPatch, LogLevel, TaskStatus } from '../../../schemas/index.ts'
import type {
  DeviceRecord,
  DeviceCounters,
  TaskFiles,
  TaskRecord,
  ListedTask,
  StoredEvent,
  StoredLog,
  JoinTokenRecord,
  KeyRecord,
  RevocationRecord,
  AnswerKey,
  KeptAnswer,
  StoredAudit,
  MetricsRow,
  MetricsResolution,
} from './records.ts'

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
  readonly joinTokens: readonly JoinTokenRecord[]
  readonly removedJoinTokens: readonly string[]
  readonly revocations: readonly RevocationRecord[]
  /** Hashes of credentials that are good again. */
  readonly liftedRevocations: readonly string[]
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
  readonly joinTokens: readonly JoinTokenRecord[]
  /** In the order in which the devices were removed. */
  readonly revocations: readonly RevocationRecord[]
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

/** Which lines of the audit log a listing means. */
export interface AuditFilter {
  readonly key_id?: string
  readonly operation?: string
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

/** What became of a commit whose answer was lost. */
export type Outcome = 'written' | 'lost'

/**
 * A refusal of the store. `full`: no room, nothing was written, later writes may succeed. `away`: it cannot be reached; later
 * calls may succeed, and nothing was written, but for a commit that has an `outcome`. `deposed`: another node writes now; this
 * store writes nothing more, and whoever opened it is told. `broken`: the store cannot be trusted again, and the process must end.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: 'full' | 'away' | 'deposed' | 'broken'
  /**
   * Of a commit whose answer was lost with the connection: resolves once the store is back, with what became of it, and
   * rejects with `deposed` where that is never known to it. Until then nothing may be built on the one or the other.
   */
  readonly outcome: Promise<Outcome> | undefined
  constructor(kind: StoreError['kind'], message: string, options: ErrorOptions & { outcome?: Promise<Outcome> } = {}) {
    super(message, options)
    this.kind = kind
    this.outcome = options.outcome
  }
}

/** The store. Reads see every commit that has resolved. */
export interface Store {
  /** Reads what the node starts from. */
  load(): Promise<StoredState>
  /**
   * Writes all changes in one transaction. Resolves when they are on disk (fsync), rejects with nothing written, unless the
   * error has an `outcome`.
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
  /**
   * Of these files, those that a task takes or left that is not final, or ended at or after `since_ms`, or whose batch has such
   * a task.
   */
  namedSince(sha256: readonly string[], since_ms: number): Promise<readonly string[]>
  /** The tasks of a batch, counted; undefined where none is kept. */
  batch(batch_id: string): Promise<BatchSummary | undefined>
  /** Ids of the failed and cancelled tasks of a batch that no other task repeats (`original_task_id`), of those whose sequence is above `after`; oldest first. */
  unrepeated(batch_id: string, after: number, limit: number): Promise<readonly string[]>
  /** What the completed tasks of a batch left, of those whose sequence is above `after`, with and without files; oldest first. */
  left(batch_id: string, after: number, limit: number): Promise<readonly TaskFiles[]>
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
