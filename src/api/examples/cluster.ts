/** Examples of the server and the cluster as a whole. A test holds every example against its schema. */
import type { ClusterHealth, ClusterMetrics, ClusterStatus, ServerHealth } from '../../../schemas/index.ts'

/** A server that reaches its node. */
export const serverHealth: ServerHealth = {
  status: 'healthy',
  version: '0.1.0',
  uptime_seconds: 86_400,
  cluster: { reachable: true, mode: 'embedded', reason: null, since: null },
}

/** The cluster of the seed document. */
export const clusterStatus: ClusterStatus = {
  cluster_stats: {
    total_devices: 5,
    online_devices: 4,
    offline_devices: 1,
    health_percentage: 80,
    total_resources: { cpu_cores: 32, memory_gb: 128, storage_gb: 2000 },
    by_role: { compute: 2, mobile: 2, storage: 1 },
    uptime: '15d 6h 42m',
    tasks: { pending: 3, running: 2 },
  },
}

/** Four devices that are busy, of five. */
export const clusterHealth: ClusterHealth = {
  overall_health: 'warning',
  checks: {
    database: { status: 'healthy', response_time_ms: 0.412, storage_full: false },
    network: { status: 'warning', connected_devices: 4, silent_devices: 0, mass_silence: false },
    resources: { status: 'warning', cpu_usage: 85, memory_usage: 70, storage_usage: 38.4 },
    files: { status: 'healthy', storage_full: false },
  },
}

/** The last hour. */
export const clusterMetrics: ClusterMetrics = {
  metrics: {
    cpu: { average_usage: 45.2, peak_usage: 89.1, total_cores: 32 },
    memory: { average_usage: 62.8, peak_usage: 87.3, total_gb: 128 },
    network: { average_rx_bytes_per_second: 20_480, average_tx_bytes_per_second: 8192 },
    disk: { average_usage: 38.4, peak_usage: 38.5, total_gb: 2000 },
    tasks: { completed: 156, failed: 3, cancelled: 5, average_duration_seconds: 42.5 },
  },
  period: '1h',
}
