/** Examples of a batch, from submission to its middle. */
import type { BatchProgress, BatchSubmission, BatchSubmitted } from '../../../schemas/index.ts'

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
