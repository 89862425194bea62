/** The config of the cluster, with its defaults and bounds. */
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { component, object, oneOf } from './component.ts'
import { integer, list, text } from './primitives.ts'

/** A size as people write it: `10MB` is 10 × 2^20 bytes. */
const size = (description: string) =>
  text(`${description} A whole number and KB, MB or GB (powers of 1024).`, 16, {
    pattern: '^[1-9][0-9]{0,5}(KB|MB|GB)$',
    examples: ['10MB'],
  })

const server = {
  host: text('Address that the node listens on for devices. A change needs a restart.', 255, { minLength: 1 }),
  port: integer('Port that the node listens on for devices; 0 picks a free one. A change needs a restart.', 0, 65_535),
  max_connections: integer('Device links at most.', 1, 100_000),
}
const cluster = {
  heartbeat_interval: integer('Seconds between two heartbeats of a device.', 1, 3600),
  offline_threshold: integer(
    'Seconds of silence after which a device is offline; at least twice heartbeat_interval.',
    2,
    86_400,
  ),
  reconnect_grace: integer(
    'Seconds that a device whose connection closed has to come back, before it is offline.',
    0,
    86_400,
  ),
  task_timeout: integer('Seconds of running time of a task that names no timeout.', 1, 86_400),
}
const logging = {
  level: oneOf(['debug', 'info', 'warning', 'error'], 'Least level that is kept.'),
  max_size: size('Bound of the kept log.'),
}
const retention = {
  task_days: integer('Days that a finished task is kept.', 1, 3650),
  max_tasks: integer('Finished tasks that are kept at most.', 100, 100_000_000),
  event_hours: integer('Hours that events are kept for streams to resume from.', 1, 8760),
  max_events: integer('Events that are kept at most.', 1000, 100_000_000),
  audit_days: integer('Days that the audit log is kept.', 1, 3650),
  max_audit_entries: integer('Lines of the audit log that are kept at most.', 1000, 100_000_000),
  log_days: integer('Days that the log is kept.', 1, 3650),
  minute_means_hours: integer(
    'Hours that the minute means of devices are kept; the figures of 24 hours are made of them.',
    25,
    8760,
  ),
  hour_means_days: integer(
    'Days that the hour means of devices are kept; the figures of 30 days are made of them.',
    31,
    3650,
  ),
  max_size: size(
    'Size of all that is kept together. Beyond it the oldest finished tasks go earlier, then events, then minute means; where unfinished tasks alone are larger, new ones are refused.',
  ),
  max_idempotency_keys: integer(
    'Idempotency keys that are kept at most, each for 24 hours with its answer; beyond it the oldest go earlier.',
    1000,
    100_000_000,
  ),
}
const files = {
  days: integer('Days that a file is kept after its last use; outputs, after the end of their batch.', 1, 3650),
  max_size: size(
    'Size of all files together. Beyond it those that were used longest ago go earlier, but for what unfinished tasks and batches name; then new ones are refused.',
  ),
  max_disk_percent: integer('Percent of their disk that files may take at most, whatever max_size says.', 1, 95),
  max_file_size: size('Size of one file at most.'),
}
const health = {
  usage_warning: integer('Usage in percent from which a resource check says `warning`.', 1, 100),
  usage_critical: integer('Usage in percent from which a resource check says `unhealthy`.', 1, 100),
}

const partial = (fields: Record<string, TSchema>) =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)]))

/** The config of the cluster. */
export const ClusterConfig = component(
  'ClusterConfig',
  object('The config in force.', {
    server: object('The node’s listener for devices.', server),
    cluster: object('Devices and tasks.', cluster),
    logging: object('The log.', logging),
    retention: object('How much is kept.', retention),
    files: object('Files of tasks.', files),
    health: object('Thresholds of the health checks.', health),
  }),
)
/** The config of the cluster. */
export type ClusterConfig = Static<typeof ClusterConfig>

/** The fields of a config that are given; the others stay as they are. */
export type ConfigPatch = { [S in keyof ClusterConfig]?: Partial<ClusterConfig[S]> }

/** A change of the config. */
export const ConfigPatch = component(
  'ConfigPatch',
  Type.Unsafe<ConfigPatch>(
    object(
      'The fields to change; the others stay.',
      {
        server: Type.Optional(object('The node’s listener for devices.', partial(server))),
        cluster: Type.Optional(object('Devices and tasks.', partial(cluster))),
        logging: Type.Optional(object('The log.', partial(logging))),
        retention: Type.Optional(object('How much is kept.', partial(retention))),
        files: Type.Optional(object('Files of tasks.', partial(files))),
        health: Type.Optional(object('Thresholds of the health checks.', partial(health))),
      },
      { examples: [{ cluster: { heartbeat_interval: 30, offline_threshold: 180 } }] },
    ),
  ),
)

/** The config when nobody says otherwise: what the document shows, but for max_connections (CONTRACT.md §5). */
export const defaultConfig: ClusterConfig = {
  server: { host: '0.0.0.0', port: 8080, max_connections: 10_000 },
  cluster: { heartbeat_interval: 60, offline_threshold: 300, reconnect_grace: 30, task_timeout: 3600 },
  logging: { level: 'info', max_size: '10MB' },
  retention: {
    task_days: 30,
    max_tasks: 1_000_000,
    event_hours: 24,
    max_events: 1_000_000,
    log_days: 30,
    minute_means_hours: 25,
    hour_means_days: 31,
    audit_days: 365,
    max_audit_entries: 100_000,
    max_idempotency_keys: 1_000_000,
    max_size: '4GB',
  },
  files: { days: 7, max_size: '50GB', max_disk_percent: 50, max_file_size: '16GB' },
  health: { usage_warning: 85, usage_critical: 95 },
}

/** The config, as its route answers. */
export const ConfigAnswer = component('ConfigView', object('The config in force.', { config: ClusterConfig }))
/** The config, as its route answers. */
export type ConfigAnswer = Static<typeof ConfigAnswer>

/** What an update of the config changed. */
export const ConfigUpdated = component(
  'ConfigUpdated',
  object('What was changed.', {
    updated_fields: list(text('A field, as `section.name`.', 128), 'The fields whose value is now another.', 100),
    restart_required: Type.Boolean({
      description: 'True where a changed field acts only after a restart of the node.',
    }),
  }),
)
/** What an update of the config changed. */
export type ConfigUpdated = Static<typeof ConfigUpdated>
