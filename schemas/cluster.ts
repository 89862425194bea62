/** The cluster as a whole: status, health and metrics. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import {
  count,
  gigabytes,
  id,
  instant,
  integer,
  list,
  mapOf,
  milliseconds,
  percentage,
  seconds,
  text,
} from './primitives.ts'

/** Resource totals. */
export const ResourceTotals = component(
  'ResourceTotals',
  object('Sums over the registered devices; what a device cannot tell is left out of the sum.', {
    cpu_cores: count('Logical processors.'),
    memory_gb: gigabytes('Memory.'),
    storage_gb: gigabytes('Storage.'),
  }),
)

/** A node of the cluster. */
export const ClusterMember = component(
  'ClusterMember',
  object('A node of the cluster, of those that share its database.', {
    id: id('Its id, made anew at each start.'),
    host: text('Where devices and the other nodes reach it.', 255),
    port: integer('The port there.', 0, 65_535),
    version: text('Version of the product.', 64),
    schedules: Type.Boolean({ description: 'True for the one that schedules: all others speak with it.' }),
    last_seen: instant('When it last told that it lives, by the clock of the database.'),
  }),
)
/** A node of the cluster. */
export type ClusterMember = Static<typeof ClusterMember>

/** Absent where the state is in a file: there is one node. */
const members = Type.Optional(
  list(
    ClusterMember,
    'The nodes that share the database; absent where the state is in a file, and there is one node. One that has not told for a minute that it lives is left out.',
    1000,
  ),
)

/** The status of the cluster. */
export const ClusterStatus = component(
  'ClusterStatus',
  object('The cluster in figures.', {
    cluster_stats: object('The figures.', {
      total_devices: count('Registered devices, those that wait for approval included.'),
      online_devices: count('Of these, online.'),
      offline_devices: count('Of these, offline; those that wait for approval are neither.'),
      health_percentage: nullable(percentage('online_devices / total_devices; null in an empty cluster.')),
      total_resources: ResourceTotals,
      by_role: mapOf(count('Devices of this role.'), 'Registered devices by role.'),
      uptime: text('Uptime of the cluster node: days, hours and minutes.', 32, {
        pattern: '^\\d+d \\d{1,2}h \\d{1,2}m$',
        examples: ['15d 6h 42m'],
      }),
      tasks: object('Tasks that are not final.', {
        pending: count('Pending.'),
        running: count('Running.'),
      }),
    }),
    members,
  }),
)
/** The status of the cluster. */
export type ClusterStatus = Static<typeof ClusterStatus>

const verdict = (description: string) => oneOf(['healthy', 'warning', 'unhealthy'], description)

/** The health of the cluster. */
export const ClusterHealth = component(
  'ClusterHealth',
  object('A check of each part of the cluster.', {
    overall_health: verdict('The worst of the checks.'),
    members,
    checks: object('The checks.', {
      database: object('The store of the node.', {
        status: verdict('unhealthy where it does not answer, or refuses new work because its storage is full.'),
        response_time_ms: nullable(
          milliseconds('A round trip to the store, measured for this answer; null where it did not answer.'),
        ),
        storage_full: Type.Boolean({
          description:
            'True while new tasks are refused with `STORAGE_FULL`: the disk of the node is full, or its unfinished tasks alone are larger than retention.max_size.',
        }),
      }),
      network: object('The device links.', {
        status: verdict(
          'warning where a registered device is offline; unhealthy where none is online, or most have fallen silent at once.',
        ),
        connected_devices: count('Devices with an open link.'),
        silent_devices: count(
          'Devices with unfinished work that are silent: no link, or 1.5 heartbeat intervals without a heartbeat.',
        ),
        mass_silence: Type.Boolean({
          description:
            'True while most of the cluster has fallen silent at once, so that nothing is taken from anybody.',
        }),
      }),
      resources: object('The online devices.', {
        status: verdict('warning and unhealthy by the thresholds of the config’s `health`.'),
        cpu_usage: nullable(percentage('Mean processor usage of the online devices; null where none tells.')),
        memory_usage: nullable(percentage('Memory in use over memory, of the online devices; null where none tells.')),
        storage_usage: nullable(
          percentage('Storage in use over storage, of the online devices; null where none tells.'),
        ),
      }),
      files: Type.Optional(
        object('The files of tasks; a node of an older version does not tell.', {
          status: verdict('unhealthy where files are refused because there is no room for them.'),
          storage_full: Type.Boolean({
            description:
              'True since a file was refused with `STORAGE_FULL`, and as long as it would be again: what unfinished tasks and batches name takes all of `files.max_size` or `files.max_disk_percent`, or the disk of the node is full. Tasks that leave files wait on their devices, and fail after half an hour.',
          }),
        }),
      ),
    }),
  }),
)
/** The health of the cluster. */
export type ClusterHealth = Static<typeof ClusterHealth>

/** The spans of time over which figures are asked. */
export const periods = ['1h', '24h', '7d', '30d'] as const
/** A span of time. */
export type Period = (typeof periods)[number]

/** The query string of the metrics. */
export const MetricsQuery = Type.Object(
  {
    period: Type.Optional(oneOf(periods, 'The span of time, up to now.', { default: '1h' })),
    type: Type.Optional(
      oneOf(['all', 'cpu', 'memory', 'network', 'disk'], 'Only this resource; `tasks` stays.', { default: 'all' }),
    ),
  },
  { additionalProperties: false },
)
/** The query string of the metrics. */
export type MetricsQuery = Static<typeof MetricsQuery>

const usage = {
  average_usage: nullable(
    percentage('Mean over the samples of the online devices in the period; null where there is none.'),
  ),
  peak_usage: nullable(percentage('Highest sample; null where there is none.')),
}

/** The metrics of the cluster. */
export const ClusterMetrics = component(
  'ClusterMetrics',
  object('Figures over a period.', {
    metrics: object('The figures.', {
      cpu: Type.Optional(
        object('Processors.', { ...usage, total_cores: count('Logical processors of the online devices.') }),
      ),
      memory: Type.Optional(object('Memory.', { ...usage, total_gb: gigabytes('Memory of the online devices.') })),
      network: Type.Optional(
        object('Network.', {
          average_rx_bytes_per_second: nullable(
            Type.Number({
              minimum: 0,
              maximum: 1e15,
              description: 'Mean of what a device received, bytes per second; null where no device tells.',
            }),
          ),
          average_tx_bytes_per_second: nullable(
            Type.Number({
              minimum: 0,
              maximum: 1e15,
              description: 'Mean of what a device sent, bytes per second; null where no device tells.',
            }),
          ),
        }),
      ),
      disk: Type.Optional(object('Storage.', { ...usage, total_gb: gigabytes('Storage of the online devices.') })),
      tasks: object('Tasks that ended in the period.', {
        completed: count('Completed.'),
        failed: count('Failed.'),
        cancelled: count('Cancelled.'),
        average_duration_seconds: nullable(
          seconds('Mean running time of the completed ones; null where there is none.'),
        ),
      }),
    }),
    period: oneOf(periods, 'The span of time.'),
  }),
)
/** The metrics of the cluster. */
export type ClusterMetrics = Static<typeof ClusterMetrics>

/** The health of the API server. */
export const ServerHealth = component(
  'ServerHealth',
  object('Whether this process serves, and whether it reaches its cluster node.', {
    status: oneOf(['healthy', 'degraded'], 'degraded where the cluster node is not reached.'),
    version: text('Version of the product.', 64),
    uptime_seconds: seconds('Uptime of this process.'),
    cluster: object('The cluster node.', {
      reachable: Type.Boolean({ description: 'True where it answers.' }),
      mode: oneOf(['embedded', 'remote'], 'embedded: it lives in this process; remote: it is spoken to over the link.'),
      reason: nullable(text('Why it is not reached; null where it is.', 1024)),
      since: nullable(instant('Since when it is not reached; null where it is.')),
      members,
    }),
  }),
)
/** The health of the API server. */
export type ServerHealth = Static<typeof ServerHealth>

/** Figures as text. */
export const PrometheusText = component(
  'PrometheusText',
  text('Figures in the Prometheus text format 0.0.4.', 16_777_216),
)
