/** The events of the monitor stream (CONTRACT.md §6). Each is written with the change that it tells of. */
import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import { id, instant, integer, list, percentage, seconds, text } from './primitives.ts'
import { Battery } from './device.ts'
import { DevicePause } from './policy.ts'
import { LogComponent, LogLevel } from './log.ts'
import { TaskError } from './task.ts'

const event = <const N extends string, P extends TProperties>(type: N, description: string, properties: P) =>
  object(description, {
    type: Type.Unsafe<N>({ type: 'string', const: type, description: 'What happened.' }),
    timestamp: instant('When.'),
    ...properties,
  })

const device_id = id('The device.')
const task_id = id('The task.')
const batch_id = nullable(id('Its batch.'))
const task_type = id('Its type.')
const attempt = integer('The attempt.', 0, Number.MAX_SAFE_INTEGER)
const taskEnd = {
  task_id,
  task_type,
  batch_id,
  device_id: nullable(device_id),
  attempt,
  execution_time_seconds: nullable(seconds('Its running time.')),
}

const arms = {
  device_online: event('device_online', 'A device is online.', {
    device_id,
    joined: Type.Boolean({ description: 'True where it has just joined the cluster.' }),
  }),
  device_update: event('device_update', 'A device sent telemetry. Not kept, and not replayed.', {
    device_id,
    cpu_usage: nullable(percentage('Processor usage.')),
    memory_usage: nullable(percentage('Memory usage.')),
    storage_usage: nullable(percentage('Storage usage.')),
    temperature_celsius: nullable(Type.Number({ minimum: -100, maximum: 300, description: 'Degrees Celsius.' })),
    battery: nullable(Battery),
    paused: nullable(DevicePause),
    active_tasks: integer('Tasks assigned to it.', 0, 65_536),
  }),
  device_offline: event('device_offline', 'A device is offline.', {
    device_id,
    reason: oneOf(['silent', 'connection_closed', 'goodbye'], 'How it went.'),
  }),
  device_removed: event('device_removed', 'A device was removed.', { device_id }),
  task_created: event('task_created', 'A task was taken in.', {
    task_id,
    task_type,
    batch_id,
    requested_device_id: nullable(device_id),
  }),
  task_assigned: event('task_assigned', 'A task was given to a device.', {
    task_id,
    task_type,
    batch_id,
    device_id,
    attempt,
  }),
  task_started: event('task_started', 'A device started a task.', { task_id, task_type, batch_id, device_id, attempt }),
  task_completed: event('task_completed', 'A task is completed.', taskEnd),
  task_failed: event('task_failed', 'A task is failed.', { ...taskEnd, error: TaskError }),
  task_cancelled: event('task_cancelled', 'A task is cancelled.', taskEnd),
  task_retrying: event('task_retrying', 'A task waits for another attempt.', {
    task_id,
    task_type,
    batch_id,
    device_id: nullable(device_id),
    attempt,
    delay_seconds: seconds('How long it waits at least.'),
    error: TaskError,
  }),
  log_entry: event('log_entry', 'A line of the log.', {
    level: LogLevel,
    component: LogComponent,
    device_id: nullable(device_id),
    task_id: nullable(task_id),
    message: text('What happened.', 8192),
  }),
  config_updated: event('config_updated', 'The config was changed.', {
    updated_fields: list(text('A field.', 128), 'What changed.', 100),
  }),
  stream_reset: event(
    'stream_reset',
    'What came after your Last-Event-ID is no longer kept, or never was: read the state anew, then go on from here.',
    {
      reason: oneOf(
        ['expired', 'unknown'],
        'expired: no longer kept; unknown: of another epoch, or beyond its last event.',
      ),
    },
  ),
}

/** A message of the monitor stream. */
export type MonitorEvent = { [K in keyof typeof arms]: Static<(typeof arms)[K]> }[keyof typeof arms]
/** The types of messages of the stream. */
export type MonitorEventType = MonitorEvent['type']
/** The event of one type. */
export type EventOf<T extends MonitorEventType> = Extract<MonitorEvent, { type: T }>

const armComponents = Object.fromEntries(
  Object.entries(arms).map(([type, schema]) => [
    type,
    component(
      `${type
        .split('_')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('')}Event`,
      schema,
    ),
  ]),
)

/** A message of the monitor stream. */
export const MonitorEvent = component(
  'MonitorEvent',
  Type.Unsafe<MonitorEvent>({
    oneOf: Object.values(armComponents),
    discriminator: { propertyName: 'type' },
    description: 'A message of the monitor stream, told apart by `type`.',
  }),
)

/** The subjects that a stream can be narrowed to. */
export const eventSubjects = ['devices', 'tasks', 'logs'] as const
/** A subject. */
export type EventSubject = (typeof eventSubjects)[number]

/** What each type of message speaks of; null reaches every stream. */
export const subjectOf = {
  device_online: 'devices',
  device_update: 'devices',
  device_offline: 'devices',
  device_removed: 'devices',
  task_created: 'tasks',
  task_assigned: 'tasks',
  task_started: 'tasks',
  task_completed: 'tasks',
  task_failed: 'tasks',
  task_cancelled: 'tasks',
  task_retrying: 'tasks',
  log_entry: 'logs',
  config_updated: null,
  stream_reset: null,
} as const satisfies Record<MonitorEventType, EventSubject | null>

/** The query string of the stream. */
export const StreamQuery = Type.Object(
  {
    types: Type.Optional(
      list(
        text('A subject, or several with commas between them.', 64, {
          pattern: '^(devices|tasks|logs)(,(devices|tasks|logs))*$',
        }),
        'Only these subjects: devices, tasks, logs; with commas between them, or repeated. When absent: all.',
        3,
        {
          examples: [['devices,tasks']],
        },
      ),
    ),
    device_id: Type.Optional(id('Only messages that speak of this device.')),
    level: Type.Optional(oneOf(['debug', 'info', 'warning', 'error'], 'Of log entries, that level and above.')),
  },
  { additionalProperties: false },
)
/** The query string of the stream. */
export type StreamQuery = Static<typeof StreamQuery>

/** Headers of a stream that goes on. */
export const StreamHeaders = Type.Object(
  {
    'Last-Event-ID': Type.Optional(
      text('The `id` of the last message that you have: the stream goes on after it. When absent: it begins now.', 256),
    ),
  },
  // Others are anybody's own.
  { additionalProperties: true },
)
/** Headers of a stream that goes on. */
export type StreamHeaders = Static<typeof StreamHeaders>
