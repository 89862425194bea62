/** Queries of batches. */
import type { Query, Slots } from '../slots.ts'

/** The failed and cancelled tasks of a batch that no other task repeats, those after a sequence, oldest first. */
export const unrepeatedOf = (query: Query, slot: Slots<{ batch_id: string; after: number; limit: number }>) =>
  query
    .selectFrom('tasks')
    .select('tasks.task_id')
    .where('tasks.batch_id', '=', slot('batch_id'))
    .where('tasks.sequence', '>', slot('after'))
    .where('tasks.status', 'in', ['failed', 'cancelled'])
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('tasks as repeat')
            .select('repeat.sequence')
            .whereRef('repeat.original_task_id', '=', 'tasks.task_id'),
        ),
      ),
    )
    .orderBy('tasks.sequence')
    .limit(slot('limit'))

/** The tasks of a batch by status: their number, their first beginning and their last end. */
export const sumsOfBatch = (query: Query, slot: Slots<{ batch_id: string }>) =>
  query
    .selectFrom('tasks')
    .where('batch_id', '=', slot('batch_id'))
    .groupBy('status')
    .select((e) => [
      'status',
      e.fn.countAll<number>().as('tasks'),
      e.fn.min('created_ms').as('first_created_ms'),
      e.fn.max('ended_ms').as('last_ended_ms'),
    ])
