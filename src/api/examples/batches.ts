/** Examples of a batch, from submission to its end, and of what is done to many tasks. */
import type {
  BatchCancellation,
  BatchProgress,
  BatchRetried,
  BatchRetryRequest,
  BatchSelection,
  BatchSubmission,
  BatchSubmitted,
} from '../../../schemas/index.ts'

/** Two echoes. */
export const batchSubmission: BatchSubmission = {
  tasks: [
    { task_type: 'echo', payload: { message: 'one' } },
    { task_type: 'echo', payload: { message: 'two' }, priority: 'high' },
  ],
}

/** They are on disk. */
export const batchSubmitted: BatchSubmitted = { batch_id: 'batch-abc123', task_ids: ['task-abc123', 'task-def456'] }

/** One is done. */
export const batchProgress: BatchProgress = {
  batch_id: 'batch-abc123',
  total: 2,
  pending: 0,
  running: 1,
  completed: 1,
  failed: 0,
  cancelled: 0,
  progress: 50,
  created_at: '2026-11-24T12:00:00.000Z',
  finished_at: null,
  estimated_completion: '2026-11-24T12:00:10.000Z',
}

/** Two tasks by their ids. */
export const batchSelection: BatchSelection = { task_ids: ['task-abc123', 'task-zzz999'] }

/** One of them exists. */
export const batchCancellation: BatchCancellation = {
  outcomes: [
    { task_id: 'task-abc123', outcome: 'cancelled', was_running: true, error: null },
    {
      task_id: 'task-zzz999',
      outcome: 'refused',
      was_running: false,
      error: {
        code: 'TASK_NOT_FOUND',
        message:
          "Task 'task-zzz999' does not exist, or it ended so long ago that it is no longer kept. Look at GET /api/v1/tasks.",
        details: { task_id: 'task-zzz999' },
      },
    },
  ],
  changed: 1,
  more: false,
}

/** All that failed, sooner than before. */
export const batchRetryRequest: BatchRetryRequest = { batch_id: 'batch-abc123', priority: 'high' }

/** One had failed. */
export const batchRetried: BatchRetried = {
  outcomes: [{ task_id: 'task-abc123', outcome: 'retried', new_task_id: 'task-def456', error: null }],
  changed: 1,
  more: false,
}
