/**
 * The seed document, section by section: each request as it stands there, and the shape of its example answer. What its
 * examples name (`android-001`, `laptop-002`) is what the test calls its devices.
 */
import {
  amount,
  count,
  fields,
  gigabytes,
  instant,
  listOf,
  logLine,
  mapOf,
  measured,
  milliseconds,
  oneOf,
  percent,
  percentOfCore,
  perhaps,
  text,
  truth,
  uptime,
  type Shape,
} from './shape.ts'

/** A request of the document, and the `data` that its example answers with. */
export type Exchange = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{task_id}` for the one of the test. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly status: 200 | 201
  readonly data: Shape
}

/** 响应格式: around every success. */
export const success = (data: Shape): Shape =>
  fields({ status: oneOf('success'), data, timestamp: instant, request_id: text })

/** 错误响应格式: of the one example that it has. */
export const deviceNotFound: Shape = fields({
  status: oneOf('error'),
  error: fields({
    code: oneOf('DEVICE_NOT_FOUND'),
    message: text,
    details: fields({ device_id: oneOf('invalid-device'), available_devices: listOf(text, 1) }),
  }),
  timestamp: instant,
  request_id: text,
})

const health = text
const device = fields({
  id: text,
  hostname: text,
  status: oneOf('online', 'offline', 'pending_approval'),
  role: text,
  platform: fields({ os: text, arch: text, python_version: perhaps(text) }),
  resources: fields({
    cpu_cores: measured(count),
    cpu_usage: measured(percent),
    memory_total_gb: measured(gigabytes),
    memory_used_gb: measured(gigabytes),
    storage_total_gb: measured(gigabytes),
    storage_used_gb: measured(gigabytes),
  }),
  tasks: fields({ active: count, completed: count, failed: count }),
  last_seen: instant,
  uptime_seconds: measured(amount),
})
const hourly = listOf(perhaps(amount), 24)

/** 集群管理 and 设备管理, but for the removal. */
export const clusterAndDevices: readonly Exchange[] = [
  {
    method: 'GET',
    path: '/api/v1/cluster/status',
    status: 200,
    data: fields({
      cluster_stats: fields({
        total_devices: count,
        online_devices: count,
        offline_devices: count,
        health_percentage: percent,
        total_resources: fields({ cpu_cores: count, memory_gb: gigabytes, storage_gb: gigabytes }),
        by_role: mapOf(count, 'compute', 'mobile'),
        uptime,
      }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/cluster/health',
    status: 200,
    data: fields({
      overall_health: health,
      checks: fields({
        database: fields({ status: health, response_time_ms: milliseconds }),
        network: fields({ status: health, connected_devices: count }),
        resources: fields({ status: health, cpu_usage: measured(percent), memory_usage: measured(percent) }),
      }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/cluster/metrics',
    status: 200,
    data: fields({
      metrics: fields({
        cpu: fields({ average_usage: measured(percent), peak_usage: measured(percent), total_cores: count }),
        memory: fields({ average_usage: measured(percent), peak_usage: measured(percent), total_gb: gigabytes }),
        tasks: fields({ completed: count, failed: count, average_duration_seconds: amount }),
      }),
      period: oneOf('1h'),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/devices',
    status: 200,
    data: fields({ devices: listOf(device, 2), total: count, online: count, offline: count }),
  },
  {
    method: 'GET',
    path: '/api/v1/devices/android-001',
    status: 200,
    data: fields({
      device: fields({
        id: oneOf('android-001'),
        detailed_info: fields({
          capabilities: listOf(text, 1),
          network_interfaces: listOf(text),
          sensors: listOf(text),
          battery: perhaps(fields({ level: perhaps(percent), charging: perhaps(truth) })),
        }),
        performance_history: fields({ cpu_usage_24h: hourly, memory_usage_24h: hourly, task_count_24h: hourly }),
      }),
    }),
  },
  {
    method: 'POST',
    path: '/api/v1/devices/android-001/ping',
    body: { timeout: 5, count: 3 },
    status: 200,
    data: fields({
      ping_results: fields({
        device_id: oneOf('android-001'),
        reachable: oneOf(true),
        average_latency_ms: milliseconds,
        packet_loss: percent,
        results: listOf(fields({ seq: oneOf(1, 2, 3), time_ms: milliseconds }), 3),
      }),
    }),
  },
]

/** 移除设备. */
export const removal: Exchange = {
  method: 'DELETE',
  path: '/api/v1/devices/android-001',
  status: 200,
  data: fields({ removed_device: oneOf('android-001'), cancelled_tasks: count }),
}

const submitted = fields({ task_id: text, assigned_device: text, estimated_completion: instant })

/** 基本用法: 提交任务. */
export const firstTask: Exchange = {
  method: 'POST',
  path: '/api/v1/tasks',
  body: { task_type: 'echo', payload: { message: 'Hello World' } },
  status: 201,
  data: submitted,
}

/** 任务管理: 提交任务. `requirements.platform` is what the machine of the test is not. */
export const submission = {
  method: 'POST',
  path: '/api/v1/tasks',
  body: {
    task_type: 'echo',
    payload: { message: 'Hello World', repeat: 3 },
    priority: 'normal',
    device_id: 'android-001',
    requirements: { min_cpu_cores: 2, min_memory_gb: 1, platform: 'android' },
    timeout: 300,
  },
  status: 201,
  data: submitted,
} as const satisfies Exchange

const status = oneOf('pending', 'running', 'completed', 'failed', 'cancelled')

/** 列出任务 and 获取任务详情, when the one task that there is has been completed. */
export const tasks: readonly Exchange[] = [
  {
    method: 'GET',
    path: '/api/v1/tasks',
    status: 200,
    data: fields({
      tasks: listOf(
        fields({
          task_id: text,
          task_type: oneOf('echo'),
          status,
          device_id: oneOf('android-001', 'laptop-002'),
          priority: oneOf('normal'),
          created_at: instant,
          started_at: instant,
          completed_at: instant,
          execution_time_seconds: amount,
          result: fields({ output: text, exit_code: oneOf(0) }),
        }),
        1,
      ),
      total: count,
      pending: count,
      running: count,
      completed: count,
      failed: count,
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/tasks/{task_id}',
    status: 200,
    data: fields({
      task: fields({
        task_id: text,
        detailed_log: listOf(logLine, 3),
        resource_usage: fields({
          peak_cpu_percent: perhaps(percentOfCore),
          peak_memory_mb: perhaps(amount),
          total_cpu_time_seconds: perhaps(amount),
        }),
        payload: fields({ message: oneOf('Hello World'), repeat: oneOf(3) }),
      }),
    }),
  },
]

/** 取消任务. */
export const cancellation: Exchange = {
  method: 'DELETE',
  path: '/api/v1/tasks/{task_id}',
  status: 200,
  data: fields({ cancelled_task: text, was_running: truth }),
}

/** 重试任务. */
export const retry: Exchange = {
  method: 'POST',
  path: '/api/v1/tasks/{task_id}/retry',
  body: { priority: 'high' },
  status: 200,
  data: fields({ new_task_id: text, original_task_id: text }),
}
