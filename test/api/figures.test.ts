import t from 'tap'
import type {
  ClusterHealth,
  ClusterMetrics,
  ClusterStatus,
  DeviceDetail,
  DeviceList,
  DeviceStatistics,
  LogList,
  TaskList,
  TaskStatistics,
  TaskTypeList,
} from '../../schemas/index.ts'
import { type BookedTask, countBy, playScene } from './scene.ts'
import { startWorld } from './start-world.ts'

const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0)
const mean = (values: readonly number[]) => (values.length === 0 ? null : sum(values) / values.length)
const oneDecimal = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10)
const threeDecimals = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000)

void t.test('an empty cluster counts zeros, and says null where nobody knows', async (t) => {
  const { get } = await startWorld(t)
  t.strictSame((await get<ClusterStatus>('/cluster/status')).cluster_stats, {
    total_devices: 0,
    online_devices: 0,
    offline_devices: 0,
    health_percentage: null,
    total_resources: { cpu_cores: 0, memory_gb: 0, storage_gb: 0 },
    by_role: {},
    uptime: '0d 0h 0m',
    tasks: { pending: 0, running: 0 },
  })
  const health = await get<ClusterHealth>('/cluster/health')
  t.equal(health.overall_health, 'healthy')
  t.strictSame(health.checks.resources, {
    status: 'healthy',
    cpu_usage: null,
    memory_usage: null,
    storage_usage: null,
  })
  t.type(health.checks.database.response_time_ms, 'number')
  t.strictSame(await get('/cluster/metrics'), {
    metrics: {
      cpu: { average_usage: null, peak_usage: null, total_cores: 0 },
      memory: { average_usage: null, peak_usage: null, total_gb: 0 },
      network: { average_rx_bytes_per_second: null, average_tx_bytes_per_second: null },
      disk: { average_usage: null, peak_usage: null, total_gb: 0 },
      tasks: { completed: 0, failed: 0, cancelled: 0, average_duration_seconds: null },
    },
    period: '1h',
  })
  t.strictSame(await get('/devices'), {
    devices: [],
    total: 0,
    online: 0,
    offline: 0,
    pending_approval: 0,
    next_cursor: null,
  })
  t.strictSame(await get('/tasks'), {
    tasks: [],
    total: 0,
    pending: 0,
    running: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    next_cursor: null,
  })
  t.strictSame(await get('/logs'), { logs: [], total: 0, next_cursor: null })
  t.strictSame(await get('/stats/tasks'), {
    task_stats: {
      period: '24h',
      total_tasks: 0,
      by_status: { completed: 0, failed: 0, cancelled: 0 },
      by_device: {},
      average_execution_time: null,
      success_rate: null,
    },
  })
  t.strictSame(await get('/stats/devices'), {
    device_stats: { period: '24h', utilization: {}, performance_ranking: [] },
  })
  const { task_types } = await get<TaskTypeList>('/tasks/types')
  t.ok(task_types.every(({ devices, online_devices, builtin }) => builtin && devices === 0 && online_devices === 0))
})

void t.test('with 7 devices and 23 tasks of mixed ends every figure is what the test counted itself', async (t) => {
  const { get, devices, tasks } = await playScene(t)
  t.equal(devices.length, 7)
  t.equal(tasks.length, 23)
  const online = devices.filter(({ status }) => status === 'online')
  const byStatus = (some: readonly BookedTask[]) => {
    const zeros = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
    return { ...zeros, ...countBy(some, ({ status }) => status) }
  }
  const counted = byStatus(tasks)
  const ended = tasks.filter(({ status }) => status !== 'pending' && status !== 'running')
  const endsOf = (some: readonly BookedTask[]) => {
    const { completed, failed, cancelled } = byStatus(some)
    return { completed, failed, cancelled }
  }
  const completedMean = threeDecimals(
    mean(tasks.filter(({ status }) => status === 'completed').map(({ seconds }) => seconds ?? NaN)),
  )

  await t.test('status', async (t) => {
    const { cluster_stats } = await get<ClusterStatus>('/cluster/status')
    t.strictSame(cluster_stats, {
      total_devices: 7,
      online_devices: online.length,
      offline_devices: 7 - online.length,
      health_percentage: oneDecimal((online.length / 7) * 100),
      total_resources: {
        cpu_cores: sum(devices.map(({ cores }) => cores)),
        memory_gb: sum(devices.map(({ memoryGb }) => memoryGb)),
        storage_gb: sum(devices.map(({ samples }) => samples[0]?.storage_total_gb ?? null)),
      },
      by_role: countBy(devices, ({ role }) => role),
      uptime: '0d 0h 0m',
      tasks: { pending: counted.pending, running: counted.running },
    })
  })

  await t.test('health', async (t) => {
    const { checks, overall_health } = await get<ClusterHealth>('/cluster/health')
    const last = online.map(({ samples, memoryGb }) => ({ memoryGb, ...samples.at(-1) }))
    const share = (used: (number | null | undefined)[], whole: (number | null | undefined)[]) => {
      const pairs = used.map((part, index) => [part ?? null, whole[index] ?? null] as const)
      const known = pairs.filter(([part, total]) => part !== null && total !== null)
      return oneDecimal((sum(known.map(([part]) => part)) / sum(known.map(([, total]) => total))) * 100)
    }
    t.equal(overall_health, 'warning', 'one device is offline')
    t.strictSame(checks.network, {
      status: 'warning',
      connected_devices: online.length,
      silent_devices: 0,
      mass_silence: false,
    })
    t.strictSame(checks.resources, {
      status: 'healthy',
      cpu_usage: oneDecimal(mean(last.map(({ cpu_usage }) => cpu_usage ?? NaN))),
      memory_usage: share(
        last.map(({ memory_used_gb }) => memory_used_gb),
        last.map(({ memoryGb }) => memoryGb),
      ),
      storage_usage: share(
        last.map(({ storage_used_gb }) => storage_used_gb),
        last.map(({ storage_total_gb }) => storage_total_gb),
      ),
    })
  })

  await t.test('metrics', async (t) => {
    const samples = online.flatMap(({ samples, memoryGb }) => samples.map((sample) => ({ memoryGb, ...sample })))
    const cpu = samples.map(({ cpu_usage }) => cpu_usage ?? NaN)
    const memory = samples
      .filter(({ memoryGb }) => memoryGb !== null)
      .map(({ memoryGb, memory_used_gb }) => ((memory_used_gb ?? NaN) / (memoryGb ?? NaN)) * 100)
    const disk = samples.map(
      ({ storage_used_gb, storage_total_gb }) => ((storage_used_gb ?? NaN) / (storage_total_gb ?? NaN)) * 100,
    )
    const expected = {
      cpu: {
        average_usage: oneDecimal(mean(cpu)),
        peak_usage: Math.max(...cpu),
        total_cores: sum(online.map(({ cores }) => cores)),
      },
      memory: {
        average_usage: oneDecimal(mean(memory)),
        peak_usage: oneDecimal(Math.max(...memory)),
        total_gb: sum(online.map(({ memoryGb }) => memoryGb)),
      },
      network: { average_rx_bytes_per_second: 100, average_tx_bytes_per_second: 200 },
      disk: {
        average_usage: oneDecimal(mean(disk)),
        peak_usage: oneDecimal(Math.max(...disk)),
        total_gb: 64 * online.length,
      },
    }
    const tasksOfPeriod = { ...endsOf(ended), average_duration_seconds: completedMean }
    for (const period of ['1h', '24h', '7d', '30d']) {
      t.strictSame(await get(`/cluster/metrics?period=${period}`), {
        metrics: { ...expected, tasks: tasksOfPeriod },
        period,
      })
    }
    for (const type of ['cpu', 'memory', 'network', 'disk'] as const) {
      const { metrics } = await get<ClusterMetrics>(`/cluster/metrics?type=${type}`)
      t.strictSame(metrics, { [type]: expected[type], tasks: tasksOfPeriod }, `only ${type}`)
    }
  })

  await t.test('statistics of tasks', async (t) => {
    const common = {
      period: '24h',
      total_tasks: ended.length,
      by_status: endsOf(ended),
      average_execution_time: completedMean,
      success_rate: oneDecimal((counted.completed / ended.length) * 100),
    }
    const groups = (keyOf: (task: BookedTask) => string | null) => {
      const keys = [...new Set(ended.map(keyOf).filter((key) => key !== null))]
      return Object.fromEntries(keys.map((key) => [key, endsOf(ended.filter((task) => keyOf(task) === key))]))
    }
    const byDevice = await get<TaskStatistics>('/stats/tasks')
    t.same(byDevice.task_stats, { ...common, by_device: groups(({ device_id }) => device_id) })
    const byType = await get<TaskStatistics>('/stats/tasks?group_by=task_type')
    t.same(byType.task_stats, { ...common, by_task_type: groups(({ task_type }) => task_type) })
    const { by_hour = [], ...rest } = (await get<TaskStatistics>('/stats/tasks?group_by=hour')).task_stats
    t.strictSame(rest, common)
    t.equal(by_hour.length, 25)
    t.strictSame(by_hour.at(-1), { hour: '2026-11-24T12:00:00.000Z', ...endsOf(ended) })
    t.ok(by_hour.slice(0, -1).every(({ completed, failed, cancelled }) => completed + failed + cancelled === 0))
  })

  await t.test('statistics of devices', async (t) => {
    const { utilization, performance_ranking } = (await get<DeviceStatistics>('/stats/devices')).device_stats
    t.strictSame(new Set(Object.keys(utilization)), new Set(devices.map(({ id }) => id)))
    for (const { id, samples, memoryGb } of devices) {
      t.match(utilization[id], {
        cpu_avg: oneDecimal(mean(samples.map(({ cpu_usage }) => cpu_usage ?? NaN))),
        memory_avg: memoryGb === null ? null : 25,
      })
    }
    t.ok(
      online.every(({ id }) => utilization[id]?.uptime_percent === 100),
      'online since they joined',
    )
    const ran = new Set(
      tasks.filter(({ status }) => ['completed', 'failed'].includes(status)).map(({ device_id }) => device_id),
    )
    t.strictSame(new Set(performance_ranking.map(({ device_id }) => device_id)), ran)
    const scores = performance_ranking.map(({ score }) => score)
    t.strictSame(
      scores,
      [...scores].sort((a, b) => b - a),
      'best first',
    )
  })

  await t.test('counts of the listings, and of each device', async (t) => {
    const { tasks: listed, ...rest } = await get<TaskList>('/tasks')
    t.strictSame(rest, { total: 23, ...counted, next_cursor: null })
    t.strictSame(
      listed.map(({ task_id, status, device_id }) => ({ task_id, status, device_id })),
      tasks.map(({ task_id, status, device_id }) => ({ task_id, status, device_id })).reverse(),
      'newest first',
    )
    const page = await get<DeviceList>('/devices')
    t.match(page, { total: 7, online: online.length, offline: 1, pending_approval: 0 })
    for (const { id } of devices) {
      const own = tasks.filter(({ device_id }) => device_id === id)
      const { completed, failed, pending, running } = byStatus(own)
      const expected = { active: pending + running, completed, failed }
      t.strictSame(page.devices.find((device) => device.id === id)?.tasks, expected, id)
      const { device } = await get<{ device: DeviceDetail }>(`/devices/${id}`)
      t.strictSame(device.tasks, expected, `${id} in its detail`)
      t.strictSame(device.slots, { total: 2, free: 2 - expected.active })
      const finals = completed + failed + byStatus(own).cancelled
      t.equal(device.performance_history.task_count_24h.at(-1), finals, `${id}: what ended on it this hour`)
      t.ok(device.performance_history.cpu_usage_24h.slice(0, -1).every((figure) => figure === null))
    }
  })

  await t.test('the log, and the task types', async (t) => {
    const { logs } = await get<LogList>('/logs?component=task_executor&limit=1000')
    const [starts, ends] = [true, false].map((wanted) =>
      logs.filter(({ message }) => message.endsWith(' started') === wanted),
    )
    const { tasks: listed } = await get<TaskList>('/tasks')
    t.equal(ends?.length, ended.length, 'one line for each end')
    t.equal(starts?.length, listed.filter(({ started_at }) => started_at !== null).length, 'and one for each start')
    t.equal((await get<LogList>('/logs?level=warning&component=task_executor')).total, counted.failed)
    const { task_types } = await get<TaskTypeList>('/tasks/types')
    const echo = task_types.find(({ task_type }) => task_type === 'echo')
    t.match(echo, { builtin: true, devices: 7, online_devices: online.length })
    t.match(
      task_types.find(({ task_type }) => task_type === 'command'),
      { needs_allow: true, devices: 0, online_devices: 0 },
    )
  })
})
