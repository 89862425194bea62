/** The figures of the cluster. */
import type { ClusterHealth, ClusterStatus, TaskList } from '../../../schemas/index.ts'
import type { Figure, Sample } from './figures.ts'

const GIB = 2 ** 30

const ratio = (percent: number | null) => (percent === null ? null : percent / 100)

/** One sample for each key of an object, with the key as a label. */
const each = <K extends string>(label: string, values: Readonly<Record<K, number | null>>): Sample[] =>
  Object.entries<number | null>(values).map(([key, value]) => ({ value, labels: { [label]: key } }))

/** Whether the node is reached. */
export const reachableFigure = (reachable: boolean): Figure => ({
  name: 'retire_cluster_reachable',
  help: '1 where the cluster node is reached, else 0.',
  samples: [{ value: reachable ? 1 : 0 }],
})

/** What the status tells. */
export const statusFigures = ({ cluster_stats: stats }: ClusterStatus): Figure[] => [
  {
    name: 'retire_cluster_devices',
    help: 'Registered devices, by whether they are online.',
    samples: each('status', { online: stats.online_devices, offline: stats.offline_devices }),
  },
  {
    name: 'retire_cluster_devices_by_role',
    help: 'Registered devices, by role.',
    samples: each('role', stats.by_role),
  },
  {
    name: 'retire_cluster_cpu_cores',
    help: 'Logical processors of the registered devices.',
    samples: [{ value: stats.total_resources.cpu_cores }],
  },
  {
    name: 'retire_cluster_memory_bytes',
    help: 'Memory of the registered devices.',
    samples: [{ value: stats.total_resources.memory_gb * GIB }],
  },
  {
    name: 'retire_cluster_storage_bytes',
    help: 'Storage of the registered devices.',
    samples: [{ value: stats.total_resources.storage_gb * GIB }],
  },
]

const verdicts = ['healthy', 'warning', 'unhealthy'] as const

/** What the health tells. */
export const healthFigures = ({ checks: { database, network, resources, files } }: ClusterHealth): Figure[] => [
  {
    name: 'retire_cluster_check',
    help: '1 for the verdict of each check of the health, 0 for the others.',
    samples: Object.entries({ database, network, resources, ...(files && { files }) }).flatMap(([check, { status }]) =>
      verdicts.map((verdict) => ({ value: verdict === status ? 1 : 0, labels: { check, verdict } })),
    ),
  },
  {
    name: 'retire_cluster_database_response_seconds',
    help: 'A round trip to the store, measured for this answer.',
    samples: [{ value: database.response_time_ms === null ? null : database.response_time_ms / 1000 }],
  },
  {
    name: 'retire_cluster_storage_full',
    help: '1 while new tasks are refused, as the storage of the node is full.',
    samples: [{ value: database.storage_full ? 1 : 0 }],
  },
  {
    name: 'retire_cluster_files_full',
    help: '1 while files are refused, as there is no room for them.',
    samples: files === undefined ? [] : [{ value: files.storage_full ? 1 : 0 }],
  },
  {
    name: 'retire_cluster_connected_devices',
    help: 'Devices with an open link.',
    samples: [{ value: network.connected_devices }],
  },
  {
    name: 'retire_cluster_silent_devices',
    help: 'Devices with unfinished work that are silent.',
    samples: [{ value: network.silent_devices }],
  },
  {
    name: 'retire_cluster_usage_ratio',
    help: 'Use of the online devices, 0 to 1.',
    samples: each('resource', {
      cpu: ratio(resources.cpu_usage),
      memory: ratio(resources.memory_usage),
      storage: ratio(resources.storage_usage),
    }),
  },
]

/** What the listing of the tasks tells. */
export const taskFigures = ({ pending, running, completed, failed, cancelled }: TaskList): Figure[] => [
  {
    name: 'retire_cluster_tasks',
    help: 'Tasks that are kept, by status.',
    samples: each('status', { pending, running, completed, failed, cancelled }),
  },
]
