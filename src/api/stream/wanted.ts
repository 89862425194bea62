/** Which events a stream is narrowed to. */
import {
  type EventSubject,
  eventSubjects,
  type LogLevel,
  logLevels,
  type MonitorEvent,
  type StreamQuery,
  subjectOf,
} from '../../../schemas/index.ts'

const subjectsOf = ({ types }: StreamQuery): ReadonlySet<EventSubject> =>
  new Set(types === undefined ? eventSubjects : types.flatMap((several) => several.split(',') as EventSubject[]))

/** Events of the stream itself, and of the config, speak of every device. */
const speaksOf = (event: MonitorEvent, device_id: string): boolean =>
  ('device_id' in event && event.device_id === device_id) ||
  ('requested_device_id' in event && event.requested_device_id === device_id)

const reaches = (level: LogLevel, least: LogLevel): boolean => logLevels.indexOf(level) >= logLevels.indexOf(least)

/** Tells whether a stream with this query gets an event. */
export const wantedBy = (query: StreamQuery): ((event: MonitorEvent) => boolean) => {
  const subjects = subjectsOf(query)
  const { device_id, level } = query

  return (event) => {
    const subject = subjectOf[event.type]
    if (subject === null) return true
    if (!subjects.has(subject)) return false
    if (device_id !== undefined && !speaksOf(event, device_id)) return false
    return level === undefined || event.type !== 'log_entry' || reaches(event.level, level)
  }
}
