/** Statistics of tasks and devices over a period. */
import type { DeviceStatistics, DeviceStatsQuery, TaskStatistics, TaskStatsQuery } from '../../schemas/index.ts'
import { type History, toPercent } from './history.ts'
import { toInstant } from './instants.ts'
import { HOUR_MS, periodOf } from './periods.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord, MetricsRow } from './ports/records.ts'
import type { Store, TaskEnds } from './ports/store.ts'
import { shareByTime } from './speed.ts'
import type { State } from './state.ts'
import { type Ends, groupBy, tally } from './tally.ts'

/** What the statistics are made from. */
export type StatsContext = {
  readonly state: State
  readonly store: Store
  readonly history: History
  readonly clock: Clock
}

const endsOf = (rows: Iterable<TaskEnds>): Ends => {
  const { completed, failed, cancelled } = tally(rows)
  return { completed, failed, cancelled }
}

const byHour = (rows: readonly TaskEnds[], since: number, now: number) => {
  const groups = groupBy(rows, ({ hour_ms }) => String(hour_ms))
  const first = Math.floor(since / HOUR_MS) * HOUR_MS
  const hours = Math.floor((now - first) / HOUR_MS) + 1
  return Array.from({ length: hours }, (_, index) => {
    const hour = first + index * HOUR_MS
    return { hour: toInstant(hour), ...endsOf(groups.get(String(hour)) ?? []) }
  })
}

/** How the tasks of the period ended. */
export const taskStats = async (
  { store, clock }: StatsContext,
  { period = '24h', group_by = 'device' }: TaskStatsQuery,
): Promise<TaskStatistics> => {
  const now = clock.now()
  const since = now - periodOf[period].ms
  const rows = await store.taskEnds(since)
  const { completed, failed, cancelled, averageSeconds } = tally(rows)
  const total = completed + failed + cancelled
  const grouped = (keyOf: (row: TaskEnds) => string | null) =>
    Object.fromEntries([...groupBy(rows, keyOf)].map(([key, group]) => [key, endsOf(group)]))
  return {
    task_stats: {
      period,
      total_tasks: total,
      by_status: { completed, failed, cancelled },
      ...(group_by === 'device' && { by_device: grouped(({ device_id }) => device_id) }),
      ...(group_by === 'task_type' && { by_task_type: grouped(({ task_type }) => task_type) }),
      ...(group_by === 'hour' && { by_hour: byHour(rows, since, now) }),
      average_execution_time: averageSeconds,
      success_rate: total === 0 ? null : toPercent((completed / total) * 100),
    },
  }
}

const weighted = (rows: readonly MetricsRow[], figure: 'cpu_avg' | 'memory_avg') => {
  const known = rows.filter((row) => row[figure] !== null)
  const samples = known.reduce((sum, row) => sum + row.samples, 0)
  return samples === 0
    ? null
    : toPercent(known.reduce((sum, row) => sum + (row[figure] ?? 0) * row.samples, 0) / samples)
}

const uptimeOf = (device: DeviceRecord, rows: readonly MetricsRow[], since: number, now: number): number | null => {
  const span = now - Math.max(since, device.registered_ms)
  return span <= 0 ? null : toPercent((rows.reduce((sum, row) => sum + row.online_ms, 0) / span) * 100)
}

/** Whether another device than that of the rows completed tasks of their type. */
const completedElsewhere = ([own]: readonly TaskEnds[], all: readonly TaskEnds[] = []): boolean =>
  all.some(({ device_id, status }) => status === 'completed' && device_id !== own?.device_id)

/**
 * How fast a device is against the whole cluster, 0–1: the mean over the types that it completed of the cluster's mean
 * running time over its own, at most 2, divided by 2. A device as fast as the mean has 0.5. With a type that it alone completed
 * there is nothing to compare: its benchmark tells, where there is one.
 */
const speedOf = (
  own: readonly TaskEnds[],
  all: ReadonlyMap<string, TaskEnds[]>,
  byBenchmark: number | undefined,
): number => {
  const shares: number[] = []
  for (const [type, rows] of groupBy(own, ({ task_type }) => task_type)) {
    const mine = tally(rows).exactSeconds
    const cluster = tally(all.get(type) ?? []).exactSeconds
    if (mine === null || cluster === null) continue
    if (byBenchmark !== undefined && !completedElsewhere(rows, all.get(type))) shares.push(byBenchmark)
    else shares.push(shareByTime(mine, cluster))
  }
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** How the devices were used in the period. The formula of the score stands in the schema. */
export const deviceStats = async (
  { state, store, history, clock }: StatsContext,
  { period = '24h' }: DeviceStatsQuery,
): Promise<DeviceStatistics> => {
  const now = clock.now()
  const { ms, resolution } = periodOf[period]
  const since = now - ms
  const [rows, ends] = await Promise.all([history.rows(resolution, since), store.taskEnds(since)])
  const rowsOf = Map.groupBy(rows, ({ device_id }) => device_id)
  const endsOfDevice = groupBy(ends, ({ device_id }) => device_id)
  const endsOfType = groupBy(ends, ({ task_type }) => task_type)
  const utilization: DeviceStatistics['device_stats']['utilization'] = {}
  const ranking: DeviceStatistics['device_stats']['performance_ranking'] = []
  for (const device of state.devices.values()) {
    const own = rowsOf.get(device.id) ?? []
    const uptime_percent = uptimeOf(device, own, since, now)
    utilization[device.id] = {
      cpu_avg: weighted(own, 'cpu_avg'),
      memory_avg: weighted(own, 'memory_avg'),
      uptime_percent,
    }
    const ended = endsOfDevice.get(device.id) ?? []
    const { completed, failed } = tally(ended)
    if (completed + failed === 0) continue
    const success = completed / (completed + failed)
    const score =
      0.5 * success +
      0.3 * speedOf(ended, endsOfType, state.benchmarks.speedOf(device)) +
      0.2 * ((uptime_percent ?? 0) / 100)
    ranking.push({ device_id: device.id, score: toPercent(score * 100) })
  }
  ranking.sort((a, b) => b.score - a.score || (a.device_id < b.device_id ? -1 : 1))
  return { device_stats: { period, utilization, performance_ranking: ranking } }
}
