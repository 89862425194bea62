/** Rows for tests of the store, with whatever the test cares about. */
import type {
  DeviceRecord,
  KeptAnswer,
  JoinTokenRecord,
  KeyRecord,
  ListedTask,
  MetricsRow,
  RevocationRecord,
  StoredAudit,
  StoredEvent,
  StoredLog,
  TaskRecord,
} from '../../src/cluster/ports/records.ts'
import type { Changes } from '../../src/cluster/ports/store.ts'
import type { AuditEntry, JoinToken, LogEntry, TaskDetail } from '../../schemas/index.ts'

/** Noon of the day on which the tests were written. */
export const NOON = Date.UTC(2026, 10, 24, 12)

const instant = (ms: number) => new Date(ms).toISOString()

/** A commit of these rows and no others. */
export const changes = (some: Partial<Changes>): Changes => ({
  tasks: [],
  devices: [],
  removedDevices: [],
  counters: [],
  events: [],
  logs: [],
  keys: [],
  removedKeys: [],
  joinTokens: [],
  removedJoinTokens: [],
  revocations: [],
  liftedRevocations: [],
  audit: [],
  metrics: [],
  answers: [],
  ...some,
})

/** A task as a listing shows it: without its payload. */
export const listed = (record: TaskRecord): ListedTask => {
  const task: Partial<TaskDetail> = { ...record.task }
  delete task.payload
  return { ...record, task: task as ListedTask['task'] }
}

/** A pending echo task with this place in the order. */
export const taskRow = (
  sequence: number,
  task: Partial<TaskDetail> = {},
  record: Partial<Omit<TaskRecord, 'task' | 'sequence'>> = {},
): TaskRecord => {
  const created_ms = record.created_ms ?? NOON + sequence
  return {
    sequence,
    task: {
      task_id: `task-${sequence}`,
      task_type: 'echo',
      status: 'pending',
      device_id: null,
      requested_device_id: null,
      priority: 'normal',
      batch_id: null,
      created_at: instant(created_ms),
      started_at: null,
      completed_at: null,
      execution_time_seconds: null,
      progress: null,
      progress_message: null,
      result: null,
      error: null,
      pending_reason: null,
      attempt: 0,
      original_task_id: null,
      payload: { message: `number ${sequence}` },
      inputs: [],
      outputs: [],
      requirements: { min_cpu_cores: 2, tags: ['lab'] },
      timeout: 300,
      max_retries: 1,
      retries: 0,
      on_device_lost: 'requeue',
      queue_if_unavailable: false,
      metadata: { project: 'thumbnails' },
      attempts: [],
      detailed_log: [],
      resource_usage: null,
      ...task,
    },
    attempt_epoch: 0,
    not_before_ms: 0,
    lost: 0,
    rejected_by: [],
    created_ms,
    ended_ms: null,
    ...record,
  }
}

/** The same task, completed on a device. */
export const completed = (row: TaskRecord, device_id: string, ended_ms: number, seconds: number): TaskRecord => ({
  ...row,
  ended_ms,
  attempt_epoch: 1,
  task: {
    ...row.task,
    status: 'completed',
    device_id,
    attempt: 1,
    started_at: instant(ended_ms - seconds * 1000),
    completed_at: instant(ended_ms),
    execution_time_seconds: seconds,
    progress: 99.5,
    progress_message: 'all but the last page',
    result: {
      output: 'äöü 你好 \u0000',
      exit_code: 0,
      signal: null,
      value: { n: [1, null] },
      output_truncated: false,
      output_bytes: 12,
    },
    resource_usage: { peak_cpu_percent: 25.6, peak_memory_mb: 128, total_cpu_time_seconds: null },
  },
})

/** A device. */
export const deviceRow = (id: string, some: Partial<DeviceRecord> = {}): DeviceRecord => ({
  id,
  credential_hash: 'ab'.repeat(32),
  status: 'online',
  role: 'mobile',
  tags: ['kitchen'],
  display_name: null,
  schedulable: true,
  profile: {
    hostname: 'pixel-phone',
    platform: { os: 'android', os_version: '14', arch: 'aarch64', python_version: null, node_version: '24.1.0' },
    cpu_cores: 8,
    memory_total_gb: 7.45,
    model: 'Pixel 6',
    cpu_model: null,
    capabilities: ['computational'],
    network_interfaces: ['wlan0'],
    sensors: [],
    worker_version: '0.1.0',
  },
  offer: { slots: 8, task_types: ['echo'], allow: [], custom_types: [] },
  telemetry: {
    cpu_usage: 42.5,
    memory_used_gb: 3.2,
    storage_total_gb: 128,
    storage_used_gb: 45.6,
    network_rx_bytes_per_second: null,
    network_tx_bytes_per_second: null,
    load_average_1m: 0.5,
    temperature_celsius: null,
    battery: { level: 85, charging: false },
    metered: null,
    uptime_seconds: 86_400,
  },
  declared_role: 'mobile',
  declared_tags: [],
  learned: {
    programs: ['ffmpeg'],
    lacks: [{ kind: 'program', name: 'convert', input_kib: 0, since_ms: NOON }],
    failures: 5,
    probation: { until_ms: NOON + 60_000, seconds: 60 },
  },
  unclean_stops: [
    {
      kind: 'killed',
      started_at: instant(NOON - 3_600_000),
      last_alive_at: instant(NOON - 60_000),
      message: 'The worker was killed.',
      reported_at: instant(NOON),
    },
  ],
  registered_ms: NOON - 1000,
  last_seen_ms: NOON,
  ...some,
})

/** A line of the log. */
export const logRow = (sequence: number, entry: Partial<LogEntry> = {}, at_ms = NOON + sequence): StoredLog => ({
  sequence,
  at_ms,
  entry: {
    timestamp: instant(at_ms),
    level: 'info',
    component: 'scheduler',
    device_id: null,
    task_id: null,
    message: `line ${sequence}`,
    details: { sequence },
    ...entry,
  },
})

/** An event. */
export const eventRow = (sequence: number): StoredEvent => ({
  sequence,
  event: { type: 'device_removed', timestamp: instant(NOON + sequence), device_id: `device-${sequence}` },
})

/** A key that may do all. */
export const keyRow = (id: string): KeyRecord => ({
  key: {
    id,
    name: 'laptop',
    scopes: ['read', 'write', 'admin'],
    created_at: instant(NOON),
    expires_at: null,
    last_used_at: null,
  },
  secret_hash: 'cd'.repeat(32),
})

/** A join token for phones. */
export const joinTokenRow = (id: string, token: Partial<JoinToken> = {}): JoinTokenRecord => ({
  token: {
    id,
    tags: ['lab'],
    role: 'mobile',
    auto_approve: true,
    created_at: instant(NOON),
    expires_at: instant(NOON + 86_400_000),
    max_uses: 30,
    uses: 0,
    ...token,
  },
  secret_hash: 'b2'.repeat(32),
})

/** The credential, of this byte again and again, of a phone that was removed. */
export const revocationRow = (byte: string, removed_ms = NOON): RevocationRecord => ({
  credential_hash: byte.repeat(32),
  device_id: 'phone',
  removed_ms,
  node_token_hash: 'd4'.repeat(32),
})

/** An answer that is kept under this key. */
export const answerRow = (key: string, some: Partial<KeptAnswer> = {}): KeptAnswer => ({
  caller: 'anonymous',
  path: '/tasks',
  key,
  at_ms: NOON,
  body_hash: 'ef'.repeat(32),
  answer: { task_id: 'task-1', assigned_device: null, estimated_completion: null },
  ...some,
})

/** A device's figures. */
export const metricsRow = (device_id: string, at_ms: number, some: Partial<MetricsRow> = {}): MetricsRow => ({
  device_id,
  at_ms,
  samples: 2,
  online_ms: 60_000,
  cpu_avg: 42.5,
  cpu_peak: 61.25,
  memory_avg: 40,
  memory_peak: 41,
  storage_avg: null,
  storage_peak: null,
  rx_avg: null,
  tx_avg: 1e9,
  ...some,
})

/** A line of the audit log. */
export const auditRow = (sequence: number, entry: Partial<AuditEntry> = {}, at_ms = NOON + sequence): StoredAudit => ({
  at_ms,
  entry: {
    sequence,
    timestamp: instant(at_ms),
    key_id: 'key-1',
    address: '192.0.2.1',
    operation: 'submitTask',
    target: `task-${sequence}`,
    outcome: 201,
    details: {},
    hash: String(sequence).padStart(64, '0'),
    ...entry,
  },
})
