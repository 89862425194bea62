/** Batches: many tasks taken in by one request, followed and acted on together. */
import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { component, described, exactlyOne, nullable, object, oneOf } from './component.ts'
import { ErrorBody } from './errors.ts'
import { count, id, instant, list, percentage } from './primitives.ts'
import { Priority } from './task.ts'
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

/** Which files of a batch are wanted. */
export const BatchArtifactsQuery = Type.Object(
  {
    after: Type.Optional(
      id(
        'Only files of tasks that were taken in after this one, which is of the batch too: the last one of which you have all files, where an archive broke off.',
      ),
    ),
  },
  { additionalProperties: false },
)

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
      instant(
        'When it should be done, from its pace so far; null where nothing has ended yet, while nothing runs, and when it is done.',
      ),
    ),
  }),
)
/** How far a batch is. */
export type BatchProgress = Static<typeof BatchProgress>

const selection = {
  task_ids: Type.Optional(
    Type.Array(id('A task.'), { description: 'The tasks.', minItems: 1, maxItems: 1000, uniqueItems: true }),
  ),
  batch_id: Type.Optional(id('The tasks of this batch for which it is possible.')),
}
const oneSelection = { allOf: [exactlyOne('task_ids', 'batch_id')], examples: [{ batch_id: 'batch-abc123' }] }

/** Which tasks are meant. */
export const BatchSelection = component(
  'BatchSelection',
  object('Which tasks: `task_ids` or `batch_id`, exactly one of them.', selection, oneSelection),
)
/** Which tasks are meant. */
export type BatchSelection = Static<typeof BatchSelection>

/** Which tasks are to be repeated, and what should be different. */
export const BatchRetryRequest = component(
  'BatchRetryRequest',
  object(
    'Which tasks, `task_ids` or `batch_id`, exactly one of them; and what the new ones should have differently.',
    {
      ...selection,
      after: Type.Optional(
        id(
          'With `batch_id`: only tasks that were taken in after this one, which is of the batch too. The last task of an answer with `more` leads to the next ones, past those that were refused.',
        ),
      ),
      priority: Type.Optional(Priority),
    },
    { ...oneSelection, dependentRequired: { after: ['batch_id'] } },
  ),
)
/** Which tasks are to be repeated, and what should be different. */
export type BatchRetryRequest = Static<typeof BatchRetryRequest>

/** The answer to an operation on many tasks. @param outcome - what became of one of them, beside its id and the error */
const outcomes = <T extends TProperties>(description: string, outcome: T) =>
  object(description, {
    outcomes: list(
      object('What became of one task.', {
        task_id: id('The task.', { examples: ['task-abc123'] }),
        ...outcome,
        error: nullable(described(ErrorBody, 'Why it was refused; null where it was not.')),
      }),
      'One for each task: of `task_ids` in their order, of a batch in the order in which its tasks were taken in.',
      1000,
    ),
    changed: count('Tasks for which it was done.'),
    more: Type.Boolean({
      description:
        'True where the batch has more such tasks than one call takes: ask again, and the next ones follow; a retry that names the last of these as `after` comes past those that were refused.',
    }),
  })

/** The answer to a cancellation of many tasks. */
export const BatchCancellation = component(
  'BatchCancellation',
  outcomes('Those that could be cancelled are, for good.', {
    outcome: oneOf(['cancelled', 'refused'], 'Whether it was cancelled; where it was not, it is as it was.'),
    was_running: Type.Boolean({ description: 'True where a device had started it; the device is told to end it.' }),
  }),
)
/** The answer to a cancellation of many tasks. */
export type BatchCancellation = Static<typeof BatchCancellation>

/** The answer to a retry of many tasks. */
export const BatchRetried = component(
  'BatchRetried',
  outcomes('A new task with the same work for each that could be repeated.', {
    outcome: oneOf(['retried', 'refused'], 'Whether a new task was made.'),
    new_task_id: nullable(id('The new task; null where none was made.', { examples: ['task-def456'] })),
  }),
)
/** The answer to a retry of many tasks. */
export type BatchRetried = Static<typeof BatchRetried>
