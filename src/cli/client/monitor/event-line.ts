/** An event of the monitor stream as one line of text. */
import type { MonitorEvent } from '../../../../schemas/event.ts'
import { harmless } from '../../harmless.ts'
import { counted, percent, span } from '../presentation.ts'

const on = (device_id: string | null): string => (device_id === null ? '' : ` on ${device_id}`)
const figure = (name: string, share: number | null): string => (share === null ? '' : ` ${name} ${percent(share)}`)
const took = (seconds: number | null): string => (seconds === null ? '' : ` in ${span(seconds)}`)

/** What an event says beside its type. */
const said = (event: MonitorEvent): string => {
  switch (event.type) {
    case 'device_online':
      return `${event.device_id}${event.joined ? ' (joined)' : ''}`
    case 'device_update':
      return `${event.device_id}${figure('processor', event.cpu_usage)}${figure('memory', event.memory_usage)} ${counted(event.active_tasks, 'task')}${event.paused === null ? '' : ` paused (${event.paused.reason})`}`
    case 'device_offline':
      return `${event.device_id} (${event.reason})`
    case 'device_removed':
      return event.device_id
    case 'task_created':
      return `${event.task_id} ${event.task_type}`
    case 'task_assigned':
    case 'task_started':
      return `${event.task_id} ${event.task_type}${on(event.device_id)}`
    case 'task_completed':
    case 'task_cancelled':
      return `${event.task_id} ${event.task_type}${on(event.device_id)}${took(event.execution_time_seconds)}`
    case 'task_failed':
      return `${event.task_id} ${event.task_type}${on(event.device_id)}: ${event.error.message}`
    case 'task_retrying':
      return `${event.task_id} ${event.task_type} again in ${span(event.delay_seconds)}: ${event.error.message}`
    case 'log_entry':
      return `${event.level} ${event.component} ${event.message}`
    case 'config_updated':
      return event.updated_fields.join(' ')
    case 'stream_reset':
      return `what came before is no longer kept (${event.reason})`
  }
}

/** The event as a line without its end: when, what, and of what. */
export const eventLine = (event: MonitorEvent): string =>
  harmless(`${event.timestamp} ${event.type} ${said(event)}`.replace(/[\n\t]+/g, ' '))
