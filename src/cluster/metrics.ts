/** The metrics of the cluster over a period. */
import type { ClusterMetrics, MetricsQuery } from '../../schemas/index.ts'
import type { Fleet } from './fleet.ts'
import { type History, toPercent } from './history.ts'
import { periodOf } from './periods.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord, MetricsRow } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { State } from './state.ts'
import { tally } from './tally.ts'

/** What the metrics are made from. */
export type MetricsContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly store: Store
  readonly history: History
  readonly clock: Clock
}

/** The mean over all samples: a row counts as often as it has samples. */
const weightedMean = (
  rows: readonly MetricsRow[],
  figure: 'cpu_avg' | 'memory_avg' | 'storage_avg' | 'rx_avg' | 'tx_avg',
) => {
  let samples = 0
  let sum = 0
  for (const row of rows) {
    const value = row[figure]
    if (value === null) continue
    samples += row.samples
    sum += value * row.samples
  }
  return samples === 0 ? null : sum / samples
}

const highest = (rows: readonly MetricsRow[], figure: 'cpu_peak' | 'memory_peak' | 'storage_peak') => {
  const known = rows.map((row) => row[figure]).filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b))
}

const percent = (value: number | null) => (value === null ? null : toPercent(value))
const whole = (value: number | null) => (value === null ? null : Math.round(value))
const total = (devices: readonly DeviceRecord[], size: (device: DeviceRecord) => number | null) =>
  Math.round(devices.reduce((sum, device) => sum + (size(device) ?? 0), 0) * 100) / 100

/** The figures of a period, up to now. */
export const clusterMetrics = async (
  { state, fleet, store, history, clock }: MetricsContext,
  { period = '1h', type = 'all' }: MetricsQuery,
): Promise<ClusterMetrics> => {
  const { ms, resolution } = periodOf[period]
  const since = clock.now() - ms
  const devices = [...state.devices.values()].filter(({ status }) => status === 'online').map(fleet.current)
  const online = new Set(devices.map(({ id }) => id))
  const [all, ends] = await Promise.all([history.rows(resolution, since), store.taskEnds(since)])
  const rows = all.filter(({ device_id }) => online.has(device_id))
  const { completed, failed, cancelled, averageSeconds } = tally(ends)
  const wants = (section: MetricsQuery['type']) => type === 'all' || type === section
  return {
    metrics: {
      ...(wants('cpu') && {
        cpu: {
          average_usage: percent(weightedMean(rows, 'cpu_avg')),
          peak_usage: percent(highest(rows, 'cpu_peak')),
          total_cores: total(devices, ({ profile }) => profile.cpu_cores),
        },
      }),
      ...(wants('memory') && {
        memory: {
          average_usage: percent(weightedMean(rows, 'memory_avg')),
          peak_usage: percent(highest(rows, 'memory_peak')),
          total_gb: total(devices, ({ profile }) => profile.memory_total_gb),
        },
      }),
      ...(wants('network') && {
        network: {
          average_rx_bytes_per_second: whole(weightedMean(rows, 'rx_avg')),
          average_tx_bytes_per_second: whole(weightedMean(rows, 'tx_avg')),
        },
      }),
      ...(wants('disk') && {
        disk: {
          average_usage: percent(weightedMean(rows, 'storage_avg')),
          peak_usage: percent(highest(rows, 'storage_peak')),
          total_gb: total(devices, ({ telemetry }) => telemetry.storage_total_gb),
        },
      }),
      tasks: { completed, failed, cancelled, average_duration_seconds: averageSeconds },
    },
    period,
  }
}
