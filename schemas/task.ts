/** A task: its states, its parts, and what the listing and the detail show of it. */
import { type Static, Type } from '@sinclair/typebox'
import { TaskArtifacts, TaskInputs, TaskOutputs } from './artifact.ts'
import { component, described, nullable, object, oneOf } from './component.ts'
import {
  anyJson,
  anyObject,
  count,
  id,
  instant,
  integer,
  list,
  MAX_SAFE,
  percentage,
  seconds,
  text,
} from './primitives.ts'

/** The states of a task. */
export const TaskStatus = component(
  'TaskStatus',
  oneOf(
    ['pending', 'running', 'completed', 'failed', 'cancelled'],
    'pending: waits for a device, or for the device to say that it started; the last three are final.',
  ),
)
/** The states of a task. */
export type TaskStatus = Static<typeof TaskStatus>

/** How urgent a task is. */
export const Priority = component(
  'Priority',
  oneOf(['low', 'normal', 'high', 'urgent'], 'How urgent. Waiting raises a task, so that none starves.'),
)
/** How urgent a task is. */
export type Priority = Static<typeof Priority>

/** What a device must have to run a task. */
export const Requirements = component(
  'Requirements',
  object(
    'What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where it is asked for.',
    {
      min_cpu_cores: Type.Optional(integer('At least so many logical processors.', 1, 65_536)),
      min_memory_gb: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1e6, description: 'At least so much memory, GiB.' }),
      ),
      min_storage_gb: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1e9, description: 'At least so much free storage, GiB.' }),
      ),
      platform: Type.Optional(id('This operating system.', { examples: ['android'] })),
      arch: Type.Optional(id('This processor architecture.', { examples: ['aarch64'] })),
      role: Type.Optional(id('This role.')),
      tags: Type.Optional(list(id('A tag.'), 'All of these tags.', 64)),
      capabilities: Type.Optional(list(id('A capability.'), 'All of these capabilities.', 64)),
      min_battery_percent: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 100,
          description: 'At least so much charge; a device without a battery meets it.',
        }),
      ),
      charging: Type.Optional(
        Type.Boolean({ description: 'True: plugged in; false: on battery. A device without a battery meets it.' }),
      ),
      not_metered: Type.Optional(Type.Boolean({ description: 'True: not on a network that is known to be metered.' })),
    },
    { examples: [{ min_cpu_cores: 2, min_memory_gb: 1, platform: 'android' }] },
  ),
)
/** What a device must have to run a task. */
export type Requirements = Static<typeof Requirements>

/** Pairs of the caller’s own. */
export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  description: 'Up to 20 pairs of your own, each key and value up to 256 characters.',
  maxProperties: 20,
  propertyNames: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[^\\u0000]*$' },
  additionalProperties: text('A value.', 256),
  examples: [{ project: 'thumbnails' }],
})

/** What a task returned. */
export const TaskResult = component(
  'TaskResult',
  object('What the task returned.', {
    output: text('The text that it printed; cut where it was too long.', 16_777_216),
    exit_code: nullable(
      integer('0 where it went well; null where it was ended by a signal or never ran.', -2_147_483_648, 4_294_967_295),
    ),
    signal: nullable(text('The signal that ended it, where one did.', 32)),
    value: anyJson('Any JSON that it returned; null for types that only print.'),
    output_truncated: Type.Boolean({ description: 'True where `output` was cut.' }),
    output_bytes: count('Bytes that it printed in all, but for the lines that say how far it is.'),
    artifacts: Type.Optional(described(TaskArtifacts, `${TaskArtifacts.description} Absent where none were named.`)),
  }),
)
/** What a task returned. */
export type TaskResult = Static<typeof TaskResult>

/** Why a task failed. */
export const TaskError = component(
  'TaskError',
  object('Why the task failed.', {
    code: text(
      'TASK_TIMEOUT, TASK_EXIT_NONZERO, TASK_KILLED, TASK_ERROR, TASK_INPUT_MISSING, TASK_OUTPUT_MISSING, TASK_REJECTED, TASK_CANCELLED, DEVICE_LOST.',
      64,
      { examples: ['TASK_EXIT_NONZERO'] },
    ),
    message: text('What happened, for people.', 8192),
  }),
)
/** Why a task failed. */
export type TaskError = Static<typeof TaskError>

/** The codes of {@link TaskError} that the product makes. */
export type TaskErrorCode =
  | 'TASK_TIMEOUT'
  | 'TASK_EXIT_NONZERO'
  | 'TASK_KILLED'
  | 'TASK_ERROR'
  | 'TASK_INPUT_MISSING'
  | 'TASK_OUTPUT_MISSING'
  | 'TASK_REJECTED'
  | 'TASK_CANCELLED'
  | 'DEVICE_LOST'

/** Why a task is still pending. */
export const PendingReason = component(
  'PendingReason',
  object('Why the task is still pending.', {
    code: oneOf(
      [
        'no_device',
        'no_fitting_device',
        'device_offline',
        'devices_offline',
        'devices_busy',
        'devices_drained',
        'devices_paused',
        'devices_rejected',
        'devices_on_probation',
        'devices_pending_approval',
        'assigned',
        'backoff',
        'cluster_silent',
        'storage_full',
      ],
      'The cause, for programs.',
    ),
    message: text('The cause, for people, with what would help.', 1024),
  }),
)
/** Why a task is still pending. */
export type PendingReason = Static<typeof PendingReason>

/** One attempt to run a task. */
export const TaskAttempt = component(
  'TaskAttempt',
  object('One attempt to run the task.', {
    attempt: integer('Its number, from 1.', 1, MAX_SAFE),
    device_id: id('The device that it was assigned to.'),
    assigned_at: instant('When it was assigned.'),
    started_at: nullable(
      instant('When the device said that it started; where its end alone tells of that, by its running time.'),
    ),
    ended_at: nullable(instant('When it ended; of a lost one, when its device was last heard of.')),
    outcome: nullable(
      oneOf(
        ['completed', 'failed', 'cancelled', 'lost', 'rejected', 'returned'],
        'lost: the device went away; rejected: the device cannot run it; returned: the device stopped and handed it back. Null while it lasts.',
      ),
    ),
    error: nullable(TaskError),
  }),
)
/** One attempt to run a task. */
export type TaskAttempt = Static<typeof TaskAttempt>

/** How far a task is, in its own words. */
export const progressFields = {
  progress: percentage('How far it is.'),
  progress_message: nullable(text('What it says of that.', 256)),
}

const taskFields = {
  task_id: id('The id of the task.', { examples: ['task-abc123'] }),
  task_type: id('The task type.', { examples: ['echo'] }),
  status: TaskStatus,
  device_id: nullable(id('The device that it is assigned to or ran on.')),
  requested_device_id: nullable(id('The device that was asked for.')),
  priority: Priority,
  batch_id: nullable(id('The batch that it belongs to.')),
  created_at: instant('When it was taken in.'),
  started_at: nullable(instant('When its last attempt started.')),
  completed_at: nullable(instant('When it reached its final state.')),
  execution_time_seconds: nullable(seconds('Running time of its last attempt, up to its end.')),
  progress: nullable(
    percentage(
      'How far its current or last attempt is, as the task itself said last, also where it has ended; null where it said nothing. Kept with the task when that ends, before in the memory of the node alone.',
    ),
  ),
  progress_message: nullable(text('What it said of that; null where it said no more.', 256)),
  result: nullable(TaskResult),
  error: nullable(TaskError),
  pending_reason: nullable(PendingReason),
  attempt: integer('Number of the current or last attempt; 0 before the first.', 0, MAX_SAFE),
  original_task_id: nullable(id('The task that this one is a retry of.')),
  metadata: Metadata,
}

/** A task as the listing shows it. */
export const Task = component('Task', object('A task.', taskFields))
/** A task as the listing shows it. */
export type Task = Static<typeof Task>

/** What a task used up. */
export const ResourceUsage = component(
  'ResourceUsage',
  object('What the task used up, as measured on the device. What the device cannot measure is null.', {
    peak_cpu_percent: nullable(
      Type.Number({ minimum: 0, maximum: 10_000_000, description: 'Highest processor use seen; 100 is one core.' }),
    ),
    peak_memory_mb: nullable(Type.Number({ minimum: 0, maximum: 1e12, description: 'Highest resident memory, MiB.' })),
    total_cpu_time_seconds: nullable(seconds('Processor time.')),
  }),
)
/** What a task used up. */
export type ResourceUsage = Static<typeof ResourceUsage>

const taskDetailFields = {
  ...taskFields,
  payload: anyObject('What it was submitted with.'),
  inputs: TaskInputs,
  outputs: TaskOutputs,
  requirements: Requirements,
  timeout: Type.Number({ minimum: 1, maximum: 86_400, description: 'Seconds of running time that it is given.' }),
  max_retries: integer('How often a failed run is repeated.', 0, 10),
  retries: integer('How often it was repeated so far.', 0, 10),
  on_device_lost: oneOf(['requeue', 'fail'], 'What is done when its device is lost.'),
  queue_if_unavailable: Type.Boolean({
    description: 'True where it was to be queued though its device was offline, or no registered device could run it.',
  }),
  attempts: list(TaskAttempt, 'Every attempt, oldest first; of very many, the newest.', 100),
  detailed_log: list(text('A line: `instant: text`.', 16_384), 'What happened to it, oldest first.', 1000),
  resource_usage: nullable(ResourceUsage),
}

/** A task with all that is known of it. */
export const TaskDetail = component('TaskDetail', object('A task with all that is known of it.', taskDetailFields))
/** A task with all that is known of it. */
export type TaskDetail = Static<typeof TaskDetail>
