import t, { type Test } from 'tap'
import type {
  BatchProgress,
  BatchSubmitted,
  ClusterHealth,
  ClusterMetrics,
  ClusterStatus,
  Device,
  DeviceStatistics,
  LogList,
  TaskStatistics,
} from '../../schemas/index.ts'
import { type OpenStream, openStream } from '../api/open-stream.ts'
import { type RunningCluster, startCluster, until } from '../start-cluster.ts'
import { deviceIds, endsBy, endsOf, finalStatus, mean, plan, type Planned, roles, rounded, scoreOf } from './plan.ts'

/** Reads every figure of the cluster. */
const readFigures = async ({ call, url, tasks, devices }: RunningCluster) => {
  const get = async <T>(path: string) => (await call<T>('GET', `/api/v1/${path}`)).data
  const { task_stats } = await get<TaskStatistics>('stats/tasks')
  return {
    status: (await get<ClusterStatus>('cluster/status')).cluster_stats,
    health: await get<ClusterHealth>('cluster/health'),
    metrics: (await get<ClusterMetrics>('cluster/metrics')).metrics,
    taskStats: task_stats,
    byType: (await get<TaskStatistics>('stats/tasks?group_by=task_type')).task_stats.by_task_type,
    byHour: (await get<TaskStatistics>('stats/tasks?group_by=hour')).task_stats.by_hour ?? [],
    deviceStats: (await get<DeviceStatistics>('stats/devices')).device_stats,
    logs: await get<LogList>('logs?limit=1000'),
    tasks: await tasks('limit=1000'),
    devices: await devices(),
    prometheus: await (await fetch(`${url}/metrics`)).text(),
  }
}

const sum = (devices: readonly Device[], figure: 'cpu_cores' | 'memory_total_gb' | 'storage_total_gb') =>
  rounded(
    devices.reduce((total, { resources }) => total + (resources[figure] ?? 0), 0),
    2,
  )

/** The use of a device's processor at an instant. */
type Sample = { readonly device_id: string; readonly timestamp: string; readonly cpu_usage: number | null }

const heartbeatsOf = ({ messages }: OpenStream): Sample[] =>
  messages.flatMap(({ event }) => (event.type === 'device_update' ? [event] : []))

/**
 * The use of the processors, as the heartbeats told it: exactly, where all are of one minute and told it; else it lies
 * between the bounds.
 */
const checkUsage = (t: Test, samples: readonly Sample[], { metrics, deviceStats }: Figures) => {
  const told = samples.flatMap(({ device_id, cpu_usage }) => (cpu_usage === null ? [] : [{ device_id, cpu_usage }]))
  const values = told.map(({ cpu_usage }) => cpu_usage)
  const { average_usage = null, peak_usage = null } = metrics.cpu ?? {}
  const minutes = new Set(samples.map(({ timestamp }) => timestamp.slice(0, 16)))
  const byDevice = [...Map.groupBy(told, ({ device_id }) => device_id)]
  const isExact = told.length === samples.length && minutes.size === 1
  if (isExact) {
    t.equal(peak_usage, values.length === 0 ? null : Math.max(...values))
    for (const [device_id, own] of byDevice) {
      const average = rounded(mean(own.map(({ cpu_usage }) => cpu_usage)), 1)
      t.equal(deviceStats.utilization[device_id]?.cpu_avg, average, `the use of ${device_id}`)
    }
    t.equal(average_usage, rounded(mean(values), 1))
  } else if (values.length > 0)
    t.ok((average_usage ?? -1) >= Math.min(...values) && (average_usage ?? 101) <= (peak_usage ?? 0))
}

type Figures = Awaited<ReturnType<typeof readFigures>>

const checkEmpty = ({ status, health, metrics, taskStats, deviceStats, tasks, devices, byHour }: Figures, t: Test) => {
  const none = { completed: 0, failed: 0, cancelled: 0 }
  t.match(status, { total_devices: 0, online_devices: 0, offline_devices: 0, health_percentage: null, by_role: {} })
  t.same(status.total_resources, { cpu_cores: 0, memory_gb: 0, storage_gb: 0 })
  t.same(status.tasks, { pending: 0, running: 0 })
  t.match(health.checks.network, { connected_devices: 0, silent_devices: 0, mass_silence: false })
  t.match(health.checks.resources, { cpu_usage: null, memory_usage: null, storage_usage: null })
  t.same(metrics.cpu, { average_usage: null, peak_usage: null, total_cores: 0 })
  t.same(metrics.tasks, { ...none, average_duration_seconds: null })
  t.match(taskStats, { total_tasks: 0, by_status: none, average_execution_time: null, success_rate: null })
  t.ok(byHour.every(({ completed, failed, cancelled }) => completed + failed + cancelled === 0))
  t.same(deviceStats, { period: '24h', utilization: {}, performance_ranking: [] })
  t.match(tasks, { total: 0, pending: 0, running: 0, ...none, tasks: [] })
  t.match(devices, { total: 0, online: 0, offline: 0, pending_approval: 0, devices: [] })
}

const submitAll = async (cluster: RunningCluster): Promise<(Planned & { task_id: string })[]> => {
  const { data } = await cluster.call<BatchSubmitted>('POST', '/api/v1/tasks/batch', {
    tasks: plan.map(({ submission }) => submission),
    batch_id: 'the-plan',
  })
  return plan.map((planned, index) => ({ ...planned, task_id: data.task_ids[index] ?? '' }))
}

void t.test('every figure of the cluster equals what was counted outside of it', async (t) => {
  const cluster = await startCluster(t, {
    workers: 0,
    args: ['--no-rate-limit'],
    workerArgs: ['--slots', '6', '--allow', 'command'],
  })
  checkEmpty(await readFigures(cluster), t)
  const stream = await openStream(t, Number(new URL(cluster.url).port))
  const loggedBefore = (await cluster.call<LogList>('GET', '/api/v1/logs?limit=1')).data.total
  await Promise.all(deviceIds.map((id) => cluster.addWorker(id, ['--role', roles[id]])))
  await cluster.call('PUT', '/api/v1/config', { cluster: { heartbeat_interval: 1 } })
  const planned = await submitAll(cluster)
  const open = planned.filter(({ end }) => end === 'running' || end === 'waiting')

  await until('all but what is to be cancelled has ended', async () => {
    const { running, completed, failed } = await cluster.tasks('limit=1')
    return (running === 3 && completed + failed === 18) || undefined
  })
  const midway = await readFigures(cluster)
  t.same(midway.status.tasks, { pending: 2, running: 3 })
  t.match(midway.tasks, { total: 23, pending: 2, running: 3, completed: 11, failed: 7, cancelled: 0 })
  t.match(midway.health.checks.network, { status: 'healthy', connected_devices: 3, silent_devices: 0 })
  for (const { tasks, slots } of midway.devices.devices) t.same([tasks.active, slots], [1, { total: 6, free: 5 }])

  await until('every device has told its use', () => {
    const told = new Set(heartbeatsOf(stream).map(({ device_id }) => device_id))
    return Promise.resolve(told.size === 3 || undefined)
  })
  for (const { task_id } of open) t.match(await cluster.call('DELETE', `/api/v1/tasks/${task_id}`), { status: 200 })
  // No heartbeat from here on: what the stream has told is all that there is.
  await cluster.call('PUT', '/api/v1/config', { cluster: { heartbeat_interval: 3600, offline_threshold: 7200 } })
  for (const id of deviceIds) await cluster.call('POST', `/api/v1/devices/${id}/ping`)
  await until('the slots are free again', async () => {
    const { devices } = await cluster.devices()
    return devices.every(({ slots }) => slots.free === 6) || undefined
  })
  // One figure after the other is read: nothing happens meanwhile any more.
  const figures = await readFigures(cluster)

  const ends = endsOf(plan)
  const { devices } = figures.devices
  const seconds = figures.tasks.tasks.flatMap(({ status, execution_time_seconds: time }) =>
    status === 'completed' && time !== null ? [time] : [],
  )
  const average = rounded(mean(seconds), 3)
  t.equal(seconds.length, ends.completed)
  for (const { task_id, end, device_id } of planned)
    t.match(
      figures.tasks.tasks.find((task) => task.task_id === task_id),
      { status: finalStatus[end], device_id },
      end,
    )

  t.match(figures.tasks, { total: 23, pending: 0, running: 0, ...ends })
  t.match(figures.devices, { total: 3, online: 3, offline: 0, pending_approval: 0 })
  t.match(figures.status, { total_devices: 3, online_devices: 3, offline_devices: 0, health_percentage: 100 })
  t.same(figures.status.by_role, { compute: 1, mobile: 1, storage: 1 })
  t.same(figures.status.tasks, { pending: 0, running: 0 })
  t.same(figures.status.total_resources, {
    cpu_cores: sum(devices, 'cpu_cores'),
    memory_gb: sum(devices, 'memory_total_gb'),
    storage_gb: sum(devices, 'storage_total_gb'),
  })
  const usage = devices.flatMap(({ resources }) => resources.cpu_usage ?? [])
  t.equal(figures.health.checks.resources.cpu_usage, rounded(mean(usage), 1))
  t.match(figures.health.checks.network, { status: 'healthy', connected_devices: 3, silent_devices: 0 })

  t.same(figures.metrics.tasks, { ...ends, average_duration_seconds: average })
  t.equal(figures.metrics.cpu?.total_cores, sum(devices, 'cpu_cores'))
  t.equal(figures.metrics.memory?.total_gb, sum(devices, 'memory_total_gb'))
  t.equal(figures.metrics.disk?.total_gb, sum(devices, 'storage_total_gb'))
  checkUsage(t, heartbeatsOf(stream), figures)

  t.match(figures.taskStats, { total_tasks: 23, by_status: ends, average_execution_time: average })
  t.equal(figures.taskStats.success_rate, rounded((ends.completed / 23) * 100, 1))
  t.same(
    figures.taskStats.by_device,
    endsBy(({ device_id }) => device_id),
  )
  t.same(
    figures.byType,
    endsBy(({ submission }) => (submission as { task_type: string }).task_type),
  )
  for (const status of ['completed', 'failed', 'cancelled'] as const)
    t.equal(
      figures.byHour.reduce((total, hour) => total + hour[status], 0),
      ends[status],
      `${status} by hour`,
    )

  for (const id of deviceIds) {
    const own = endsOf(plan.filter(({ device_id }) => device_id === id))
    const device = devices.find((each) => each.id === id)
    t.same(device?.tasks, { active: 0, completed: own.completed, failed: own.failed }, id)
    const listed = await cluster.tasks(`device_id=${id}&status=failed`)
    t.match(listed, { ...own, total: own.completed + own.failed + own.cancelled })
    t.equal(listed.tasks.length, own.failed)
    const uptime = figures.deviceStats.utilization[id]?.uptime_percent ?? -1
    t.ok(uptime > 95 && uptime <= 100, `${id} was online for ${uptime} % of its time`)
    const ranked = figures.deviceStats.performance_ranking.find(({ device_id }) => device_id === id)
    const expected = scoreOf(id, figures.tasks.tasks, uptime)
    t.ok(Math.abs((ranked?.score ?? -1) - expected) < 0.15, `the score of ${id}: ${ranked?.score}, ${expected}`)
  }
  const scores = figures.deviceStats.performance_ranking.map(({ score }) => score)
  t.same(
    scores,
    [...scores].sort((a, b) => b - a),
    'the best comes first',
  )
  const batch = await cluster.call<BatchProgress>('GET', '/api/v1/tasks/batch/the-plan')
  t.match(batch.data, { total: 23, pending: 0, running: 0, ...ends, progress: 100 })
  t.match(await cluster.tasks('priority=low'), { total: 2, cancelled: 2 })

  const entries = () => stream.messages.filter(({ event }) => event.type === 'log_entry').length
  await stream.until('every line of the log', () => entries() >= figures.logs.total - loggedBefore)
  t.equal(figures.logs.total - loggedBefore, entries(), 'the log has grown by as many lines as the stream told')
  t.equal(figures.logs.logs.length, figures.logs.total)
  for (const line of [
    'retire_cluster_devices{status="online"} 3',
    ...Object.entries(ends).map(([status, number]) => `retire_cluster_tasks{status="${status}"} ${number}`),
    `retire_cluster_cpu_cores ${sum(devices, 'cpu_cores')}`,
  ])
    t.ok(figures.prometheus.split('\n').includes(line), line)

  cluster.workers.find(({ device_id }) => device_id === 'gamma')?.process.kill()
  const less = await until(
    'gamma is offline',
    async () => {
      const now = await readFigures(cluster)
      return now.devices.offline === 1 && now.health.checks.network.connected_devices === 2 ? now : undefined
    },
    60,
  )
  t.match(less.status, { total_devices: 3, online_devices: 2, offline_devices: 1, health_percentage: 66.7 })
  t.match(less.health.checks.network, { status: 'warning', connected_devices: 2 })
  t.equal(
    less.metrics.cpu?.total_cores,
    sum(
      less.devices.devices.filter(({ status }) => status === 'online'),
      'cpu_cores',
    ),
  )
  t.equal(less.status.total_resources.cpu_cores, sum(devices, 'cpu_cores'), 'registered devices, online or not')
})
