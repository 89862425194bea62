/** Examples of tasks: the seed document's echo, from submission to result. */
import {
  builtinTypes,
  resolve,
  SleepPayload,
  type Task,
  type TaskCancellation,
  type TaskDetail,
  type TaskList,
  type TaskRetried,
  type TaskRetryRequest,
  type TaskSubmission,
  type TaskSubmitted,
  type TaskTypeList,
} from '../../../schemas/index.ts'

/** An echo, three times. */
export const taskSubmission: TaskSubmission = {
  task_type: 'echo',
  payload: { message: 'Hello World', repeat: 3 },
  priority: 'normal',
  requirements: { min_cpu_cores: 2, min_memory_gb: 1, platform: 'android' },
  timeout: 300,
}

/** It has a device. */
export const taskSubmitted: TaskSubmitted = {
  task_id: 'task-abc123',
  assigned_device: 'android-001',
  estimated_completion: '2026-11-24T12:05:00.000Z',
}

/** It is done. */
export const task: Task = {
  task_id: 'task-abc123',
  task_type: 'echo',
  status: 'completed',
  device_id: 'android-001',
  requested_device_id: null,
  priority: 'normal',
  batch_id: null,
  created_at: '2026-11-24T12:00:00.000Z',
  started_at: '2026-11-24T12:00:05.000Z',
  completed_at: '2026-11-24T12:00:10.200Z',
  execution_time_seconds: 5.2,
  progress: null,
  progress_message: null,
  result: {
    output: 'Hello World\nHello World\nHello World',
    exit_code: 0,
    signal: null,
    value: null,
    output_truncated: false,
    output_bytes: 35,
  },
  error: null,
  pending_reason: null,
  attempt: 1,
  original_task_id: null,
  metadata: { project: 'thumbnails' },
}

/** All that is known of it. */
export const taskDetail: TaskDetail = {
  ...task,
  payload: { message: 'Hello World', repeat: 3 },
  inputs: [],
  outputs: [],
  requirements: { min_cpu_cores: 2, min_memory_gb: 1, platform: 'android' },
  timeout: 300,
  max_retries: 0,
  retries: 0,
  on_device_lost: 'requeue',
  queue_if_unavailable: false,
  attempts: [
    {
      attempt: 1,
      device_id: 'android-001',
      assigned_at: '2026-11-24T12:00:00.000Z',
      started_at: '2026-11-24T12:00:05.000Z',
      ended_at: '2026-11-24T12:00:10.200Z',
      outcome: 'completed',
      error: null,
    },
  ],
  detailed_log: [
    '2026-11-24T12:00:00.000Z: assigned to android-001 (attempt 1)',
    '2026-11-24T12:00:05.000Z: started',
    '2026-11-24T12:00:10.200Z: completed',
  ],
  resource_usage: { peak_cpu_percent: 25.6, peak_memory_mb: 128, total_cpu_time_seconds: 4.8 },
}

/** A page with one task. */
export const taskList: TaskList = {
  tasks: [task],
  total: 161,
  pending: 3,
  running: 2,
  completed: 148,
  failed: 3,
  cancelled: 5,
  next_cursor: 'WyJtQ3ZpZVR4WFd4b0EiLDE1Nl0',
}

/** It was running. */
export const taskCancellation: TaskCancellation = { cancelled_task: 'task-abc123', was_running: true }

/** The same again, sooner. */
export const taskRetryRequest: TaskRetryRequest = { priority: 'high' }

/** A new task. */
export const taskRetried: TaskRetried = { new_task_id: 'task-def456', original_task_id: 'task-abc123' }

const { type, properties, required, additionalProperties } = resolve(SleepPayload)

/** A built-in type, and one that a worker offers by `--tasks`. */
export const taskTypeList: TaskTypeList = {
  task_types: [
    {
      task_type: 'sleep',
      description: builtinTypes.sleep.description,
      builtin: true,
      needs_allow: false,
      devices: 5,
      online_devices: 4,
      payload_schema: { type: type as unknown, properties: properties as unknown, required, additionalProperties },
    },
    {
      task_type: 'thumbnail',
      description: 'Makes a thumbnail of an image.',
      builtin: false,
      needs_allow: false,
      devices: 1,
      online_devices: 1,
      payload_schema: {
        type: 'object',
        properties: {
          image: { type: 'string', format: 'uri', maxLength: 2048 },
          width: { type: 'integer', format: 'int32', minimum: 1, maximum: 4096 },
        },
        required: ['image'],
        additionalProperties: false,
      },
    },
  ],
}
