/** Examples of what streams send. A test holds every example against its schema. */
import type { EventOf } from '../../../schemas/index.ts'

/** The `data` of one message of the monitor stream. */
export const monitorEvent: EventOf<'task_completed'> = {
  type: 'task_completed',
  timestamp: '2026-11-24T12:00:10.000Z',
  task_id: 'task-abc123',
  task_type: 'echo',
  batch_id: null,
  device_id: 'android-001',
  attempt: 1,
  execution_time_seconds: 5.2,
}

/** What an `echo` that repeats has printed. */
export const taskOutput = 'Hello World\nHello World\nHello World'

/** The first lines of `/metrics`. */
export const metricsText = `# HELP retire_cluster_reachable 1 where the cluster node is reached, else 0.
# TYPE retire_cluster_reachable gauge
retire_cluster_reachable 1
`
