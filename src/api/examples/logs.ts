/** An example of the log. */
import type { LogList } from '../../../schemas/index.ts'

/** A page with one line of many. */
export const logList: LogList = {
  logs: [
    {
      timestamp: '2026-11-24T12:00:10.200Z',
      level: 'info',
      device_id: 'android-001',
      task_id: 'task-abc123',
      component: 'task_executor',
      message: 'task task-abc123 completed',
      details: { task_type: 'echo', attempt: 1 },
    },
  ],
  total: 1024,
  next_cursor: 'WyI0ZTk5Q2xVbE5zdTciLDk4N10',
}
