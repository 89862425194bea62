/** What is kept, row by row: the contract's objects, and what only the node knows of them. */
import type {
  ApiKey,
  AuditEntry,
  DeviceProfile,
  DeviceStatus,
  JoinToken,
  LogEntry,
  MonitorEvent,
  Offer,
  TaskArtifact,
  TaskDetail,
  Telemetry,
  UncleanStop,
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
  /** Ends of its worker that nobody asked for: the last ones, the oldest first. */
  readonly unclean_stops: readonly UncleanStop[]
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

/** A join token as it is kept. */
export interface JoinTokenRecord {
  readonly token: JoinToken
  /** SHA-256 of the secret, hexadecimal. */
  readonly secret_hash: string
}

/** The credential of a device that was removed: who has it joins anew only with a token made since (CONTRACT.md §3). */
export interface RevocationRecord {
  /** SHA-256 of the credential, hexadecimal. */
  readonly credential_hash: string
  readonly device_id: string
  /** When it was removed, epoch milliseconds. */
  readonly removed_ms: number
  /** SHA-256 of the node's own join token at that time, hexadecimal: of that one nobody knows when it was made. */
  readonly node_token_hash: string
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

/** The spans that figures are kept by; how long, the config says (`retention`). */
export type MetricsResolution = 'minute' | 'hour'

/** What a completed task left. */
export interface TaskFiles {
  readonly task_id: string
  /** When it completed, RFC 3339. */
  readonly completed_at: string
  readonly artifacts: readonly TaskArtifact[]
}
