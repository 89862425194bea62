/** How tasks ended, hour by hour. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskEnds } from '../cluster/ports/store.ts'
import { endsByHour, endsWithin } from './queries/tasks.ts'
import { perShape, query, shapeOf, statement } from './statement.ts'
import type { TaskEndsTable } from './tables.ts'

/** An hour, as the triggers of the first migrations cut it. */
export const HOUR_MS = 3_600_000

type Selection = { from: number; device_id: string | null }

/** The ends of a row. */
export const endsOf = ({ hour_ms, device_id, task_type, status, tasks, execution_ms }: TaskEndsTable): TaskEnds => ({
  hour_ms,
  device_id: device_id === '' ? null : device_id,
  task_type,
  status,
  count: tasks,
  execution_seconds: execution_ms / 1000,
})

/** A function that reads how tasks ended from an instant on: whole hours by their sums, the hour that it cuts by its rows. */
export const taskEnding = (db: DatabaseSync): ((since_ms: number, device_id?: string) => TaskEnds[]) => {
  const summed = perShape((shape) => statement<Selection>(db)((slot) => endsByHour(query, slot, shape)))
  const counted = statement<{ from: number; to: number }>(db)((slot) => endsWithin(query, slot))

  return (since_ms, device_id) => {
    const hour_ms = Math.floor(since_ms / HOUR_MS) * HOUR_MS
    const to = hour_ms + HOUR_MS
    const whole = since_ms === hour_ms
    const first = whole ? [] : counted.all({ from: since_ms, to })
    const others = summed(shapeOf({ device_id })).all({ from: whole ? hour_ms : to, device_id: device_id ?? null })
    return [
      ...first
        .filter((row) => device_id === undefined || row.device_id === device_id)
        .map((row) => ({ ...row, hour_ms })),
      ...others,
    ].map(endsOf)
  }
}
