/** Examples of the statistics: the seed document's day. */
import type { DeviceStatistics, TaskStatistics } from '../../../schemas/index.ts'

/** 156 tasks became final. */
export const taskStats: TaskStatistics = {
  task_stats: {
    period: '24h',
    total_tasks: 156,
    by_status: { completed: 148, failed: 3, cancelled: 5 },
    by_device: {
      'android-001': { completed: 45, failed: 1, cancelled: 2 },
      'laptop-002': { completed: 103, failed: 2, cancelled: 1 },
    },
    average_execution_time: 42.5,
    success_rate: 94.9,
  },
}

/** Two devices. */
export const deviceStats: DeviceStatistics = {
  device_stats: {
    period: '24h',
    utilization: {
      'android-001': { cpu_avg: 42.5, memory_avg: 38.2, uptime_percent: 98.5 },
      'laptop-002': { cpu_avg: 51.3, memory_avg: 44, uptime_percent: 100 },
    },
    performance_ranking: [
      { device_id: 'laptop-002', score: 95.2 },
      { device_id: 'android-001', score: 87.1 },
    ],
  },
}
