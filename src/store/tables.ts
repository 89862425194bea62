/** The tables as the queries see them. What they are made of stands in the migrations. */
import type { Generated } from 'kysely'
import type { TaskStatus } from '../../schemas/index.ts'
import type { DeviceCounters, MetricsResolution, MetricsRow, RevocationRecord } from '../cluster/ports/records.ts'

/**
 * What the store knows of itself: `epoch`, the highest sequences ever given, and when it was last probed. `moving`: it is on its way
 * from another database, and what that is known by.
 */
export type MetaTable = {
  name: 'epoch' | 'last_event_sequence' | 'last_task_sequence' | 'probed_ms' | 'moving'
  value: number
}

/** One row a task. What a task was submitted with is written once; its state is rewritten. */
export type TasksTable = {
  sequence: number
  task_id: string
  status: TaskStatus
  device_id: string | null
  task_type: string
  priority: string
  batch_id: string | null
  /** The task that it repeats. */
  original_task_id: string | null
  created_ms: number
  ended_ms: number | null
  execution_ms: number | null
  /** JSON: the record without the payload. */
  record: string
  /** JSON; null where it is long, and lies in `task_payloads`. */
  payload: string | null
}

/** Long payloads, apart from the rows that are rewritten. */
export type TaskPayloadsTable = { sequence: number; payload: string }

/** One row a file that a task takes, or left. */
export type TaskArtifactsTable = { sha256: string; sequence: number }

/** How many tasks share these four; kept by triggers. */
export type TaskCountsTable = {
  status: TaskStatus
  /** Empty for none. */
  device_id: string
  task_type: string
  priority: string
  tasks: number
}

/** How many tasks ended so in one hour, and how long they ran together; kept by triggers. */
export type TaskEndsTable = {
  hour_ms: number
  /** Empty for none. */
  device_id: string
  task_type: string
  status: TaskStatus
  tasks: number
  execution_ms: number
}

/** What is known of each 1,024 tasks in sequence; kept by triggers. */
export type TaskSpansTable = {
  block: number
  min_created_ms: number
  max_created_ms: number
} & Record<TaskStatus, number>

/** One row a device, one a key, one a join token: JSON. */
export type RecordsTable = { id: string; record: string }

/** All events of one commit. */
export type JournalTable = {
  last_sequence: number
  first_sequence: number
  /** JSON: `[[sequence, event], …]` */
  events: string
}

/** One row a line of the log. */
export type LogsTable = {
  sequence: number
  at_ms: number
  /** Its place in `logLevels`. */
  level: number
  component: string
  device_id: string | null
  task_id: string | null
  /** JSON: the `LogEntry`. */
  entry: string
}

/** What is known of the lines of each 1,024 sequences; kept by triggers. */
export type LogSpansTable = { block: number; min_at_ms: number; max_at_ms: number }

/** Figures of a device. */
export type MetricsTable = { resolution: MetricsResolution } & { -readonly [K in keyof MetricsRow]: MetricsRow[K] }

/** The one row of config that `PUT` stored. */
export type ConfigTable = { id: 1; patch: string }

/** One row an answer that is kept under its idempotency key. */
export type IdempotencyTable = {
  id: Generated<number>
  caller: string
  path: string
  key: string
  at_ms: number
  body_hash: string
  /** JSON: what was answered. */
  answer: string
}

/** One row a line of the audit log. */
export type AuditTable = {
  sequence: number
  at_ms: number
  key_id: string | null
  operation: string
  /** JSON: the `AuditEntry`. */
  entry: string
}

/** The one row that tells the last line of the audit log that aged out. */
export type AuditAnchorTable = { id: 1; sequence: number; hash: string }

/** One row a device that was removed. */
export type RevocationsTable = { -readonly [K in keyof RevocationRecord]: RevocationRecord[K] }

/** All tables. */
export type Tables = {
  meta: MetaTable
  tasks: TasksTable
  task_payloads: TaskPayloadsTable
  task_artifacts: TaskArtifactsTable
  task_counts: TaskCountsTable
  task_spans: TaskSpansTable
  task_ends: TaskEndsTable
  devices: RecordsTable
  counters: { -readonly [K in keyof DeviceCounters]: DeviceCounters[K] }
  journal: JournalTable
  logs: LogsTable
  log_spans: LogSpansTable
  keys: RecordsTable
  join_tokens: RecordsTable
  revocations: RevocationsTable
  audit: AuditTable
  audit_anchor: AuditAnchorTable
  metrics: MetricsTable
  config: ConfigTable
  idempotency: IdempotencyTable
}
