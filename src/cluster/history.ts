/** Figures over time, read from the store and completed by what is not written yet. */
import type { PerformanceHistory } from '../../schemas/index.ts'
import type { Clock } from './ports/clock.ts'
import type { MetricsResolution, MetricsRow } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { Telemetries } from './telemetry.ts'

const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24

/** One decimal, as percentages have. */
export const toPercent = (value: number): number => Math.round(Math.min(100, Math.max(0, value)) * 10) / 10

/** Reads figures over time. */
export interface History {
  /** The last 24 hours of a device, hour by hour. */
  lastDay(device_id: string): Promise<PerformanceHistory>
  /** Rows from `since_ms` on, the present included, oldest first. */
  rows(resolution: MetricsResolution, since_ms: number, device_id?: string): Promise<MetricsRow[]>
}

/** The history in a store. */
export const createHistory = (store: Store, telemetries: Telemetries, clock: Clock): History => {
  const rows = async (resolution: MetricsResolution, since_ms: number, device_id?: string): Promise<MetricsRow[]> => {
    const merged = new Map<string, MetricsRow>()
    for (const row of await store.metrics(resolution, since_ms, device_id))
      merged.set(`${row.device_id}/${row.at_ms}`, row)
    for (const row of telemetries.open(resolution, device_id))
      if (row.at_ms >= since_ms) merged.set(`${row.device_id}/${row.at_ms}`, row)
    return [...merged.values()].sort((a, b) => a.at_ms - b.at_ms)
  }

  return {
    rows,
    lastDay: async (device_id) => {
      const thisHour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS
      const since = thisHour - (HOURS_A_DAY - 1) * HOUR_MS
      const [metrics, ends] = await Promise.all([rows('hour', since, device_id), store.taskEnds(since, device_id)])
      const byHour = new Map(metrics.map((row) => [row.at_ms, row]))
      const hours = Array.from({ length: HOURS_A_DAY }, (_, index) => since + index * HOUR_MS)
      const figure = (name: 'cpu_avg' | 'memory_avg') =>
        hours.map((hour) => {
          const value = byHour.get(hour)?.[name] ?? null
          return value === null ? null : toPercent(value)
        })
      const firstHour = metrics[0]?.at_ms ?? Infinity
      return {
        cpu_usage_24h: figure('cpu_avg'),
        memory_usage_24h: figure('memory_avg'),
        task_count_24h: hours.map((hour) => {
          const count = ends.filter(({ hour_ms }) => hour_ms === hour).reduce((sum, row) => sum + row.count, 0)
          // Before the device was there, zero would be made up.
          return count === 0 && hour < firstHour ? null : count
        }),
      }
    },
  }
}
