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
import type { Wanted } from './frames.ts'

const subjectsOf = ({ types }: StreamQuery): ReadonlySet<EventSubject> =>
  new Set(types === undefined ? eventSubjects : types.flatMap((several) => several.split(',') as EventSubject[]))

/** Events of the stream itself, and of the config, speak of every device. */
const speaksOf = (event: MonitorEvent, device_id: string): boolean =>
  ('device_id' in event && event.device_id === device_id) ||
  ('requested_device_id' in event && event.requested_device_id === device_id)

const reaches = (level: LogLevel, least: LogLevel): boolean => logLevels.indexOf(level) >= logLevels.indexOf(least)

const judge = (query: StreamQuery): Wanted => {
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

/** Queries that are kept at most: of devices by themselves there may be any number. */
const MOST_KEPT = 64

const kept = new Map<string, Wanted>()

/** Tells whether a stream with this query gets an event. The very same for equal queries, so that their streams share what is made by it. */
export const wantedBy = (query: StreamQuery): Wanted => {
  const name = JSON.stringify(query)
  const wanted = kept.get(name) ?? judge(query)
  if (kept.size < MOST_KEPT) kept.set(name, wanted)
  return wanted
}
