/**
 * What builds know that speak `retire-cluster.v1` alone. They end a link on which a field comes that they do not know; later ones
 * drop it. So nothing is added here: what was added to the messages since is left out towards them.
 */
import { FIRST_SUBPROTOCOL, type LinkMethodName } from '../../schemas/link.ts'
import type { Fields } from './known-fields.ts'

/** The fields of some methods' messages. */
export type MessageFields = Readonly<Record<string, { readonly params: Fields; readonly result: Fields }>>

const nothing = {}
const attempt = { task_id: true, epoch: true, attempt: true } as const
const settings = { heartbeat_interval: true, offline_threshold: true, reconnect_grace: true } as const
const telemetry = {
  cpu_usage: true,
  memory_used_gb: true,
  storage_total_gb: true,
  storage_used_gb: true,
  network_rx_bytes_per_second: true,
  network_tx_bytes_per_second: true,
  load_average_1m: true,
  temperature_celsius: true,
  battery: { level: true, charging: true },
  metered: true,
  uptime_seconds: true,
} as const
const profile = {
  hostname: true,
  platform: { os: true, os_version: true, arch: true, python_version: true, node_version: true },
  cpu_cores: true,
  memory_total_gb: true,
  model: true,
  cpu_model: true,
  capabilities: true,
  network_interfaces: true,
  sensors: true,
  worker_version: true,
} as const
const result = {
  output: true,
  exit_code: true,
  signal: true,
  value: true,
  output_truncated: true,
  output_bytes: true,
} as const

/** The fields of the messages of the first builds. */
export const firstFields = {
  'device.hello': {
    params: {
      device_id: true,
      credential: true,
      session: true,
      join_token: true,
      role: true,
      tags: true,
      profile,
      telemetry,
      offer: {
        slots: true,
        task_types: true,
        allow: true,
        custom_types: { task_type: true, description: true, payload_schema: true },
      },
      running: attempt,
      finished: attempt,
    },
    result: {
      device_id: true,
      session: true,
      approved: true,
      cluster_version: true,
      settings,
      abandon: attempt,
      printed: { ...attempt, offset: true },
    },
  },
  'device.heartbeat': { params: { telemetry }, result: nothing },
  'device.goodbye': { params: { reason: true }, result: nothing },
  'task.started': { params: attempt, result: nothing },
  'task.output': { params: { ...attempt, offset: true, text: true }, result: nothing },
  'task.finished': {
    params: {
      ...attempt,
      outcome: true,
      result,
      error: { code: true, message: true },
      execution_time_seconds: true,
      resource_usage: { peak_cpu_percent: true, peak_memory_mb: true, total_cpu_time_seconds: true },
      rejection: true,
    },
    result: nothing,
  },
  'task.run': { params: { ...attempt, task_type: true, payload: true, timeout_seconds: true }, result: nothing },
  'task.cancel': { params: attempt, result: nothing },
  'device.ping': { params: nothing, result: nothing },
  'config.changed': { params: settings, result: nothing },
} as const satisfies Partial<Record<LinkMethodName, unknown>> & MessageFields

/** The fields that the other end of a link knows; undefined where it drops the others by itself. */
export const fieldsKnownBy = (subprotocol: string): MessageFields | undefined =>
  subprotocol === FIRST_SUBPROTOCOL ? firstFields : undefined
