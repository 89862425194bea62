/** The log of the cluster. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import { anyObject, count, cursorQuery, id, instant, instantQuery, list, text } from './primitives.ts'

/** The levels of the log, least first. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const
/** The levels of the log. */
export const LogLevel = component('LogLevel', oneOf(logLevels, 'How serious.'))
/** The levels of the log. */
export type LogLevel = Static<typeof LogLevel>

/** Who speaks in the log. */
export const LogComponent = oneOf(
  ['task_executor', 'scheduler', 'device_registry', 'link', 'config', 'store', 'api'],
  'The part of the product that speaks.',
)
/** Who speaks in the log. */
export type LogComponent = Static<typeof LogComponent>

/** One line of the log. */
export const LogEntry = component(
  'LogEntry',
  object('One line of the cluster’s log.', {
    timestamp: instant('When.'),
    level: LogLevel,
    component: LogComponent,
    device_id: nullable(id('The device that it speaks of.')),
    task_id: nullable(id('The task that it speaks of.')),
    message: text('What happened, for people.', 8192),
    details: anyObject('More, for programs.'),
  }),
)
/** One line of the log. */
export type LogEntry = Static<typeof LogEntry>

/** One page of the log. */
export const LogList = component(
  'LogList',
  object('One page of the log, newest first.', {
    logs: list(LogEntry, 'The lines of this page.', 1000),
    total: count('Lines that match.'),
    next_cursor: nullable(text('Send it as `cursor` for the next page; null on the last one.', 512)),
  }),
)
/** One page of the log. */
export type LogList = Static<typeof LogList>

/** The query string of the log. */
export const LogListQuery = Type.Object(
  {
    level: Type.Optional(oneOf(logLevels, 'That level and above.', { default: 'info' })),
    device_id: Type.Optional(id('Only lines about this device.')),
    task_id: Type.Optional(id('Only lines about this task.')),
    component: Type.Optional(LogComponent),
    since: Type.Optional(instantQuery('Only lines at or after this instant.')),
    until: Type.Optional(instantQuery('Only lines before this instant.')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Lines a page.' })),
    cursor: Type.Optional(cursorQuery()),
  },
  { additionalProperties: false },
)
/** The query string of the log. */
export type LogListQuery = Static<typeof LogListQuery>
