/** The seed document, its later sections: logs, the stream, the config and the statistics, as `shapes.ts` has the earlier ones. */
import {
  amount,
  count,
  fields,
  instant,
  listOf,
  mapOf,
  measured,
  oneOf,
  percent,
  perhaps,
  size,
  text,
  type Shape,
} from './shape.ts'
import type { Exchange } from './shapes.ts'

/** 监控和日志: 获取日志. */
export const logs: Exchange = {
  method: 'GET',
  path: '/api/v1/logs',
  status: 200,
  data: fields({
    logs: listOf(
      fields({
        timestamp: instant,
        level: oneOf('debug', 'info', 'warning', 'error'),
        device_id: perhaps(text),
        component: text,
        message: text,
        details: fields({}),
      }),
      1,
    ),
    total: count,
  }),
}

/** 实时监控: the messages of the stream, by type. */
export const messages: Readonly<Record<string, Shape>> = {
  device_update: fields({
    type: oneOf('device_update'),
    device_id: oneOf('android-001', 'laptop-002'),
    cpu_usage: measured(perhaps(percent)),
  }),
  task_completed: fields({ type: oneOf('task_completed'), task_id: text, device_id: text }),
  log_entry: fields({
    type: oneOf('log_entry'),
    level: oneOf('debug', 'info', 'warning', 'error'),
    message: text,
  }),
}

/** 配置管理 and 统计和分析. */
export const configAndStats: readonly Exchange[] = [
  {
    method: 'GET',
    path: '/api/v1/config',
    status: 200,
    data: fields({
      config: fields({
        server: fields({ host: text, port: count, max_connections: count }),
        cluster: fields({ heartbeat_interval: count, offline_threshold: count, task_timeout: count }),
        logging: fields({ level: oneOf('debug', 'info', 'warning', 'error'), max_size: size }),
      }),
    }),
  },
  {
    method: 'PUT',
    path: '/api/v1/config',
    body: { cluster: { heartbeat_interval: 30, offline_threshold: 180 } },
    status: 200,
    data: fields({
      updated_fields: listOf(oneOf('cluster.heartbeat_interval', 'cluster.offline_threshold'), 2),
      restart_required: oneOf(false),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/stats/tasks',
    status: 200,
    data: fields({
      task_stats: fields({
        period: oneOf('24h'),
        total_tasks: count,
        by_status: fields({ completed: count, failed: count, cancelled: count }),
        by_device: mapOf(fields({ completed: count, failed: count }), 'android-001'),
        average_execution_time: amount,
        success_rate: percent,
      }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/stats/devices',
    status: 200,
    data: fields({
      device_stats: fields({
        utilization: mapOf(
          fields({ cpu_avg: measured(percent), memory_avg: measured(percent), uptime_percent: percent }),
          'android-001',
          'laptop-002',
        ),
        performance_ranking: listOf(fields({ device_id: text, score: percent }), 1),
      }),
    }),
  },
]
