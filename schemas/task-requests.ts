/** What is asked of tasks, and what is answered: submission, listing, cancellation, retry, types. */
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { TaskInputs, TaskOutputs } from './artifact.ts'
import { component, described, nullable, object, oneOf } from './component.ts'
import { anyObject, count, cursorQuery, id, instant, instantQuery, integer, list, text } from './primitives.ts'
import { Metadata, Priority, Requirements, Task, TaskDetail } from './task.ts'
import { type BuiltinType, builtinTypeNames, builtinTypes } from './task-types.ts'

const submissionFields = {
  priority: Type.Optional(Priority),
  device_id: Type.Optional(id('Run it on this device and no other.', { examples: ['android-001'] })),
  requirements: Type.Optional(Requirements),
  timeout: Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: 86_400,
      description:
        'Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout.',
    }),
  ),
  max_retries: Type.Optional(integer('How often a failed run is repeated. When absent: 0.', 0, 10)),
  on_device_lost: Type.Optional(
    oneOf(['requeue', 'fail'], 'What to do when the device that runs it is lost. When absent: requeue.'),
  ),
  queue_if_unavailable: Type.Optional(
    Type.Boolean({
      description: 'Queue it though the device is offline, or no registered device could run it. When absent: false.',
    }),
  ),
  metadata: Type.Optional(Metadata),
  batch_id: Type.Optional(id('The batch that it belongs to; several submissions may name the same.')),
}

/** What tasks of types that run in a directory of their own have besides. */
const fileFields = {
  inputs: Type.Optional(described(TaskInputs, `${TaskInputs.description} When absent: none.`)),
  outputs: Type.Optional(
    described(
      TaskOutputs,
      `${TaskOutputs.description} Where one of them is not there at its end, the task has failed. When absent: none.`,
    ),
  ),
}

const submissionOf = (
  name: string,
  { type, payload, takesFiles }: { type: TSchema; payload: TSchema; takesFiles: boolean },
  description: string,
) =>
  component(
    `${name}Submission`,
    object(description, { task_type: type, payload, ...submissionFields, ...(takesFiles ? fileFields : {}) }),
  )

const pascal = (type: string) =>
  type
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** A submission of each built-in type, by type. */
const builtinSubmissions = builtinTypeNames.map((type) => {
  const { payload, description, takesFiles = false }: BuiltinType = builtinTypes[type]
  return submissionOf(
    pascal(type),
    {
      type: Type.Unsafe<string>({ type: 'string', const: type, description: 'The task type.' }),
      payload,
      takesFiles,
    },
    description,
  )
})

const CustomSubmission = submissionOf(
  'Custom',
  {
    type: id('A task type that a device offers.', { not: { enum: builtinTypeNames } }),
    payload: anyObject('Checked against the schema that the device offers for its type.'),
    takesFiles: true,
  },
  'A task of a type that a device offers.',
)

/** What is common to all submissions. */
export type TaskSubmission = {
  task_type: string
  payload: Record<string, unknown>
} & Static<ReturnType<typeof Type.Object<typeof submissionFields & typeof fileFields>>>

/** A task to be done: a union told apart by `task_type`. */
export const TaskSubmission = component(
  'TaskSubmission',
  Type.Unsafe<TaskSubmission>({
    anyOf: [...builtinSubmissions, CustomSubmission],
    description: 'A task to be done. `task_type` tells which payload it takes.',
    examples: [
      {
        task_type: 'echo',
        payload: { message: 'Hello World', repeat: 3 },
        priority: 'normal',
        requirements: { min_cpu_cores: 2, min_memory_gb: 1 },
        timeout: 300,
      },
    ],
  }),
)

/** One page of tasks. */
export const TaskList = component(
  'TaskList',
  object('One page of tasks, newest first, and counts of all that match the filters (the status filter aside).', {
    tasks: list(Task, 'The tasks of this page.', 1000),
    total: count('Tasks that match.'),
    pending: count('Of these, pending.'),
    running: count('Of these, running.'),
    completed: count('Of these, completed.'),
    failed: count('Of these, failed.'),
    cancelled: count('Of these, cancelled.'),
    next_cursor: nullable(text('Send it as `cursor` for the next page; null on the last one.', 512)),
  }),
)
/** One page of tasks. */
export type TaskList = Static<typeof TaskList>

/** The query string of the task listing. */
export const TaskListQuery = Type.Object(
  {
    status: Type.Optional(
      oneOf(['all', 'pending', 'running', 'completed', 'failed', 'cancelled'], 'Only tasks in this state.', {
        default: 'all',
      }),
    ),
    device_id: Type.Optional(id('Only tasks that are assigned to this device or ran on it.')),
    task_type: Type.Optional(id('Only tasks of this type.')),
    priority: Type.Optional(oneOf(['low', 'normal', 'high', 'urgent'], 'Only tasks of this priority.')),
    batch_id: Type.Optional(id('Only tasks of this batch.')),
    since: Type.Optional(instantQuery('Only tasks taken in at or after this instant.')),
    until: Type.Optional(instantQuery('Only tasks taken in before this instant.')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50, description: 'Tasks a page.' })),
    cursor: Type.Optional(cursorQuery()),
  },
  { additionalProperties: false },
)
/** The query string of the task listing. */
export type TaskListQuery = Static<typeof TaskListQuery>

/** The path of an operation on one task. */
export const TaskParams = Type.Object(
  { task_id: id('The id of the task.', { examples: ['task-abc123'] }) },
  { additionalProperties: false },
)

/** How long to wait for the end. */
export const WaitQuery = Type.Object(
  {
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 60,
        default: 0,
        description:
          'Seconds to wait for the end; the answer comes as soon as it is there, or after that long with what it is then.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** Which part of a task's output is asked for. */
export const TaskOutputQuery = Type.Object(
  {
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
        description: 'Skip so many characters (UTF-16 units, as JavaScript counts them).',
      }),
    ),
    follow: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'True: what is printed later follows as it comes, until the task is final.',
      }),
    ),
  },
  { additionalProperties: false },
)
/** Which part of a task's output is asked for. */
export type TaskOutputQuery = Static<typeof TaskOutputQuery>

/** What a task has printed, as text. */
export const TaskOutput = component(
  'TaskOutput',
  text('What the task has printed so far; of a running task at most the first 1 MiB.', 16_777_216),
)

/** The answer to a submission. */
export const TaskSubmitted = component(
  'TaskSubmitted',
  object('The task is on disk, and will reach a final state.', {
    task_id: id('The id of the new task.', { examples: ['task-abc123'] }),
    assigned_device: nullable(id('The device that it was assigned to; null while it waits for one.')),
    estimated_completion: nullable(
      instant(
        'When it should be done: from the mean running time of its type on that device and its queue, else from the timeout; null while it waits for a device.',
      ),
    ),
    task: Type.Optional(TaskDetail),
  }),
)
/** The answer to a submission. */
export type TaskSubmitted = Static<typeof TaskSubmitted>

/** The answer to a cancellation. */
export const TaskCancellation = component(
  'TaskCancellation',
  object('The task is cancelled, for good.', {
    cancelled_task: id('The task.'),
    was_running: Type.Boolean({ description: 'True where a device had started it; the device is told to end it.' }),
  }),
)
/** The answer to a cancellation. */
export type TaskCancellation = Static<typeof TaskCancellation>

/** The body of a retry. */
export const TaskRetryRequest = component(
  'TaskRetryRequest',
  object(
    'What the new task should have differently.',
    { priority: Type.Optional(Priority) },
    { examples: [{ priority: 'high' }] },
  ),
)
/** The body of a retry. */
export type TaskRetryRequest = Static<typeof TaskRetryRequest>

/** The answer to a retry. */
export const TaskRetried = component(
  'TaskRetried',
  object('A new task with the same work.', {
    new_task_id: id('The new task.', { examples: ['task-def456'] }),
    original_task_id: id('The task that it repeats.', { examples: ['task-abc123'] }),
  }),
)
/** The answer to a retry. */
export type TaskRetried = Static<typeof TaskRetried>

/** A task type that can be submitted. */
export const TaskType = component(
  'TaskType',
  object('A task type that can be submitted.', {
    task_type: id('Its name.'),
    description: text('What it does.', 1024),
    builtin: Type.Boolean({ description: 'True for the types that every worker knows.' }),
    needs_allow: Type.Boolean({ description: 'True where a device runs it only with its owner’s `--allow`.' }),
    devices: count('Registered devices that run it.'),
    online_devices: count('Of these, online.'),
    payload_schema: anyObject('The JSON Schema of its payload.'),
  }),
)
/** A task type that can be submitted. */
export type TaskType = Static<typeof TaskType>

/** All task types. */
export const TaskTypeList = component(
  'TaskTypeList',
  object('All task types that can be submitted.', { task_types: list(TaskType, 'The types, by name.', 1000) }),
)
/** All task types. */
export type TaskTypeList = Static<typeof TaskTypeList>
