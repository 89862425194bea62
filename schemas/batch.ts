/** Batches: many tasks taken in by one request, followed and acted on together. */
import { type Static, Type } from '@sinclair/typebox'
import { component, exactlyOne, nullable, object } from './component.ts'
import { count, id, instant, list, percentage, text } from './primitives.ts'
import { TaskSubmission } from './task-requests.ts'

/** Many tasks at once. */
export const BatchSubmission = component(
  'BatchSubmission',
  object(
    'Many tasks at once: all are taken in, or none.',
    {
      tasks: Type.Array(TaskSubmission, { description: 'The tasks.', minItems: 1, maxItems: 1000 }),
      batch_id: Type.Optional(
        id('A batch of your own naming; more submissions may name it. When absent: one is made.'),
      ),
    },
    {
      examples: [
        {
          tasks: [
            { task_type: 'echo', payload: { message: 'one' } },
            { task_type: 'echo', payload: { message: 'two' } },
          ],
        },
      ],
    },
  ),
)
/** Many tasks at once. */
export type BatchSubmission = Static<typeof BatchSubmission>

/** The answer to a batch. */
export const BatchSubmitted = component(
  'BatchSubmitted',
  object('All tasks are on disk.', {
    batch_id: id('The batch.'),
    task_ids: list(id('A task.'), 'The ids of the new tasks, in the order of the request.', 1000),
  }),
)
/** The answer to a batch. */
export type BatchSubmitted = Static<typeof BatchSubmitted>

/** The path of an operation on a batch. */
export const BatchParams = Type.Object({ batch_id: id('The id of the batch.') }, { additionalProperties: false })

/** How far a batch is. */
export const BatchProgress = component(
  'BatchProgress',
  object('How far the batch is.', {
    batch_id: id('The batch.'),
    total: count('Its tasks.'),
    pending: count('Of these, pending.'),
    running: count('Of these, running.'),
    completed: count('Of these, completed.'),
    failed: count('Of these, failed.'),
    cancelled: count('Of these, cancelled.'),
    progress: percentage('Share of its tasks that are final.'),
    created_at: instant('When its first task was taken in.'),
    finished_at: nullable(instant('When its last task became final; null before.')),
    estimated_completion: nullable(
      instant('When it should be done, from its pace so far; null where nothing has ended yet, and when it is done.'),
    ),
  }),
)
/** How far a batch is. */
export type BatchProgress = Static<typeof BatchProgress>

/** Which tasks a batch operation means. */
export const BatchSelection = component(
  'BatchSelection',
  object(
    '`task_ids` or `batch_id`, exactly one of them.',
    {
      task_ids: Type.Optional(
        Type.Array(id('A task.'), { description: 'The tasks.', minItems: 1, maxItems: 1000, uniqueItems: true }),
      ),
      batch_id: Type.Optional(id('All tasks of this batch.')),
    },
    { allOf: [exactlyOne('task_ids', 'batch_id')], examples: [{ batch_id: 'batch-abc123' }] },
  ),
)
/** Which tasks a batch operation means. */
export type BatchSelection = Static<typeof BatchSelection>

/** An outcome for each task. */
export const BatchOutcome = component(
  'BatchOutcome',
  object('An outcome for each task.', {
    outcomes: list(
      object('What became of one task.', {
        task_id: id('The task.'),
        ok: Type.Boolean({ description: 'True where it was done.' }),
        code: nullable(text('The error code where it was not.', 64)),
        new_task_id: nullable(id('The new task, after a retry.')),
      }),
      'One for each task.',
      100_000,
    ),
    changed: count('Tasks for which it was done.'),
  }),
)
/** An outcome for each task. */
export type BatchOutcome = Static<typeof BatchOutcome>
