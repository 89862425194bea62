/**
 * What the API asks of the cluster: one method per operation, one object in, one object out, both of JSON alone,
 * so that it is the same in this process and over the link.
 */
import type {
  ApiKey,
  ApiKeyCreated,
  ApiKeyList,
  ApiKeyRemoved,
  ApiKeyRequest,
  AuditList,
  AuditListQuery,
  BatchCancellation,
  BatchProgress,
  BatchRetried,
  BatchRetryRequest,
  BatchSelection,
  BatchSubmission,
  BatchSubmitted,
  ClusterConfig,
  ClusterHealth,
  ClusterMetrics,
  ClusterStatus,
  ConfigPatch,
  ConfigUpdated,
  Deed,
  DeviceBatch,
  DeviceBatchOutcome,
  DeviceDetail,
  DeviceList,
  DeviceListQuery,
  DevicePatch,
  DeviceRemoval,
  DeviceStatistics,
  DeviceStatsQuery,
  ErrorBody,
  JoinTokenCreated,
  JoinTokenList,
  JoinTokenRemoved,
  JoinTokenRequest,
  LogList,
  LogListQuery,
  MetricsQuery,
  MonitorEvent,
  PingRequest,
  PingResults,
  TaskCancellation,
  TaskDetail,
  TaskList,
  TaskListQuery,
  TaskPlacement,
  TaskRetried,
  TaskRetryRequest,
  TaskStatistics,
  TaskStatsQuery,
  TaskSubmission,
  TaskSubmitted,
  TaskTypeList,
} from '../../schemas/index.ts'
import type { ArtifactOperations } from './files/artifact-operations.ts'

export type { ArtifactOperations, ArtifactUpload, OpenArtifact } from './files/artifact-operations.ts'
export type { TaskFiles } from './ports/records.ts'

/** An event with the id that it has on the stream. */
export type StreamEvent = {
  /** `epoch.sequence`; of telemetry `epoch.sequence.n`, the last kept event before it and a number never used twice. */
  readonly id: string
  /** The sequence of the event; of telemetry that of the last kept event before it. */
  readonly sequence: number
  readonly event: MonitorEvent
}

/** Kept events after a position. */
export type EventPage = {
  readonly events: readonly StreamEvent[]
  /** Set where the position can't be resumed from: why. The page is empty then, and the caller goes on from `last`. */
  readonly reset: 'expired' | 'unknown' | null
  /** The last kept event of all, when the page was read. */
  readonly last: { readonly id: string; readonly sequence: number }
  /** True where more kept events follow at once. */
  readonly more: boolean
}

/** What the stream is fed by. */
export interface EventSource {
  /** Kept events after an id; null: none, only `last`. At most `limit` of them. */
  after(input: { id: string | null; limit: number }): Promise<EventPage>
  /** Calls `listener` for every event from now on, in order. Returns what ends it. */
  listen(listener: (event: StreamEvent) => void): () => void
}

/** The config with the tag of its present value. */
export type TaggedConfig = { readonly config: ClusterConfig; readonly tag: string }

/** The operations on the config. */
export interface ConfigOperations {
  get(): Promise<TaggedConfig>
  /**
   * Merges a patch into what is stored. `expected_tag` null: whatever the value is now.
   * Errors: `CONFIG_PINNED`, `VALIDATION_ERROR`, `PRECONDITION_FAILED`.
   */
  update(input: { patch: ConfigPatch; expected_tag: string | null }): Promise<ConfigUpdated>
}

/** An idempotency key, and whose it is. */
export type Idempotency = {
  /** `Idempotency-Key`: 1–255 printable ASCII characters. */
  readonly key: string
  /** The id of the API key, or `anonymous` where none is asked for. */
  readonly caller: string
}

/** The answer of an operation that takes an idempotency key. */
export type Replayable<T> = T & {
  /** Set where it is the answer that was kept when the key was first used. */
  readonly replayed?: true
}

/** The operations on API keys. */
export interface KeyOperations {
  /**
   * The key with this secret, by the SHA-256 of it in hexadecimal; null where there is none, or it has expired. Notes that
   * the key was used.
   */
  authenticate(input: { secret_hash: string }): Promise<ApiKey | null>
  /** All keys, without their secrets. */
  list(): Promise<ApiKeyList>
  /** Makes a key; its secret is told this once. Errors: `VALIDATION_ERROR` for an end that is past, or where there are too many. */
  create(input: ApiKeyRequest): Promise<ApiKeyCreated>
  /** Takes a key away, at once. Errors: `NOT_FOUND`, `PERMISSION_DENIED` for the last that may administer. */
  remove(input: { key_id: string }): Promise<ApiKeyRemoved>
  /**
   * Calls `listener` with the id of every key that is removed from now on; with null where some may have been while nobody
   * could tell. Returns what ends it.
   */
  onRemoved(listener: (key_id: string | null) => void): () => void
}

/** The operations on the tokens with which devices join. */
export interface JoinTokenOperations {
  /** All that were made, without their secrets. */
  list(): Promise<JoinTokenList>
  /** Makes a token; its secret is told this once, with the line to paste. Errors: `VALIDATION_ERROR` where there are too many. */
  create(input: JoinTokenRequest): Promise<JoinTokenCreated>
  /** Takes a token away, at once; the devices that joined with it stay. Errors: `NOT_FOUND`. */
  remove(input: { join_id: string }): Promise<JoinTokenRemoved>
}

/** Why one of many was refused. The words are the API's: it knows the language of the caller. */
export type Refused = Omit<ErrorBody, 'message'>

/** An answer with an outcome for each task, without the words of its errors. */
export type Unworded<A extends { outcomes: { error: ErrorBody | null }[] }> = Omit<A, 'outcomes'> & {
  outcomes: (Omit<A['outcomes'][number], 'error'> & { error: Refused | null })[]
}

/** The operations on the audit log. */
export interface AuditOperations {
  /** A page of it, newest first. Errors: `VALIDATION_ERROR` for a foreign cursor. */
  list(query: AuditListQuery): Promise<AuditList>
  /** Writes that somebody was refused something; of a flood some, and how many there were. */
  refused(deed: Deed): Promise<void>
}

/** A piece of a task's output. Offsets count characters (UTF-16 units), as JavaScript does. */
export type OutputPiece = {
  readonly text: string
  /** Where the next piece begins. */
  readonly next_offset: number
  /** True where nothing follows any more: the task is final. */
  readonly ended: boolean
}

/** The cluster. Every method rejects with a `ClusterError` of the contract, and with nothing else that is meant for users. */
export interface Cluster {
  /** The cluster in figures. */
  status(): Promise<ClusterStatus>
  /** A check of each part, made now. */
  health(): Promise<ClusterHealth>
  /** Figures over a period. */
  metrics(query: MetricsQuery): Promise<ClusterMetrics>
  readonly devices: {
    /** A page of the registered devices. Errors: `VALIDATION_ERROR` for a foreign cursor. */
    list(query: DeviceListQuery): Promise<DeviceList>
    /** Errors: `DEVICE_NOT_FOUND`. */
    get(input: { device_id: string }): Promise<DeviceDetail>
    /** Measures round trips; an unreachable device is an answer, not an error. Errors: `DEVICE_NOT_FOUND`. */
    ping(input: { device_id: string } & PingRequest): Promise<PingResults>
    /** Changes what the owner decides. Errors: `DEVICE_NOT_FOUND`. */
    update(input: { device_id: string; patch: DevicePatch }): Promise<DeviceDetail>
    /** Lets a device in that waits for its approval; one that does not stays as it is. Errors: `DEVICE_NOT_FOUND`. */
    approve(input: { device_id: string }): Promise<DeviceDetail>
    /** Does one thing to many devices. Errors: `VALIDATION_ERROR`. */
    batch(input: DeviceBatch): Promise<DeviceBatchOutcome>
    /** Errors: `DEVICE_NOT_FOUND`, `DEVICE_BUSY`. */
    remove(input: { device_id: string; force: boolean }): Promise<DeviceRemoval>
  }
  readonly tasks: {
    /**
     * Takes in a task; resolves when it is on disk. `wait` in seconds, 0 for not at all; a replay waits as well, and its
     * `task` is the task as it is then. Errors: `INVALID_TASK_TYPE`, `DEVICE_NOT_FOUND`, `DEVICE_OFFLINE`,
     * `INSUFFICIENT_RESOURCES`, `VALIDATION_ERROR`, `STORAGE_FULL`, `IDEMPOTENCY_CONFLICT`.
     */
    submit(input: {
      submission: TaskSubmission
      wait: number
      idempotency?: Idempotency
    }): Promise<Replayable<TaskSubmitted>>
    /** Takes in many tasks, all or none. Errors: as of `submit`. */
    submitBatch(input: BatchSubmission & { idempotency?: Idempotency }): Promise<Replayable<BatchSubmitted>>
    /** How far a batch is; `wait` as of `get`, for the end of all its tasks. Errors: `NOT_FOUND`. */
    batch(input: { batch_id: string; wait: number }): Promise<BatchProgress>
    /** Cancels many tasks in one unit of work, with an outcome for each. Errors: `NOT_FOUND` for an unknown batch, `STORAGE_FULL`. */
    cancelBatch(input: BatchSelection): Promise<Unworded<BatchCancellation>>
    /**
     * Repeats many tasks in one unit of work, with an outcome for each; of a batch those that failed or were cancelled, and that
     * no other task repeats. Errors: `NOT_FOUND` for an unknown batch, `VALIDATION_ERROR` where `after` is no task of it, `STORAGE_FULL`, `IDEMPOTENCY_CONFLICT`.
     */
    retryBatch(input: BatchRetryRequest & { idempotency?: Idempotency }): Promise<Replayable<Unworded<BatchRetried>>>
    /** The task types that can be submitted. */
    types(): Promise<TaskTypeList>
    /**
     * What a task has printed, from an offset on. With `wait`, in seconds, it answers when there is more, or the task is final,
     * or after that long. Errors: `TASK_NOT_FOUND`.
     */
    output(input: { task_id: string; offset: number; wait: number }): Promise<OutputPiece>
    /** A page of tasks, newest first. Errors: `VALIDATION_ERROR` for a foreign cursor. */
    list(query: TaskListQuery): Promise<TaskList>
    /** Errors: `TASK_NOT_FOUND`. */
    get(input: { task_id: string; wait: number }): Promise<TaskDetail>
    /** What speaks for and against each device. Errors: `TASK_NOT_FOUND`. */
    placement(input: { task_id: string }): Promise<TaskPlacement>
    /** Errors: `TASK_NOT_FOUND`, `TASK_NOT_CANCELLABLE`. */
    cancel(input: { task_id: string }): Promise<TaskCancellation>
    /** Makes a new task with the same work. Errors: `TASK_NOT_FOUND`, `TASK_NOT_RETRYABLE`, `ARTIFACT_NOT_FOUND`
     * where an input of it has gone, and as of `submit`. */
    retry(input: { task_id: string; idempotency?: Idempotency } & TaskRetryRequest): Promise<Replayable<TaskRetried>>
  }
  readonly artifacts: ArtifactOperations
  readonly logs: {
    /** A page of the log, newest first. Errors: `VALIDATION_ERROR` for a foreign cursor. */
    list(query: LogListQuery): Promise<LogList>
  }
  readonly config: ConfigOperations
  readonly stats: {
    /** How the tasks of a period ended. */
    tasks(query: TaskStatsQuery): Promise<TaskStatistics>
    /** How the devices were used in a period. */
    devices(query: DeviceStatsQuery): Promise<DeviceStatistics>
  }
  /** What the monitor stream is fed by. */
  readonly events: EventSource
  readonly keys: KeyOperations
  readonly joinTokens: JoinTokenOperations
  readonly audit: AuditOperations
  /** Does `work`, which calls operations of this cluster, as a deed: what they change is written to the audit log with it. */
  acting<T>(deed: Deed, work: () => Promise<T>): Promise<T>
  /** Whether the node answers; `/health` tells it. */
  reachability(): { reachable: true } | { reachable: false; reason: string; since_ms: number }
}
