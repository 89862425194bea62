/** The cluster in figures. */
import type { ClusterStatus } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import { toPercent } from './history.ts'
import { toUptime } from './instants.ts'
import type { State } from './state.ts'

const round = (gigabytes: number) => Math.round(gigabytes * 100) / 100

/** The figures now. `uptimeMs` is that of the node. */
export const clusterStatus = (state: State, fleet: Fleet, uptimeMs: number): ClusterStatus => {
  const byRole = new Map<string, number>()
  const totals = { cpu_cores: 0, memory_gb: 0, storage_gb: 0 }
  const counts = { online: 0, offline: 0, pending_approval: 0 }
  for (const device of state.devices.values()) {
    counts[device.status] += 1
    byRole.set(device.role, (byRole.get(device.role) ?? 0) + 1)
    // What a device says that it has counts once its owner has let it in.
    if (device.status === 'pending_approval') continue
    const { profile, telemetry } = fleet.current(device)
    totals.cpu_cores += profile.cpu_cores ?? 0
    totals.memory_gb += profile.memory_total_gb ?? 0
    totals.storage_gb += telemetry.storage_total_gb ?? 0
  }
  const total = state.devices.size
  return {
    cluster_stats: {
      total_devices: total,
      online_devices: counts.online,
      offline_devices: counts.offline,
      health_percentage: total === 0 ? null : toPercent((counts.online / total) * 100),
      total_resources: {
        cpu_cores: totals.cpu_cores,
        memory_gb: round(totals.memory_gb),
        storage_gb: round(totals.storage_gb),
      },
      by_role: Object.fromEntries(byRole),
      uptime: toUptime(uptimeMs),
      tasks: { ...state.counts },
    },
  }
}
