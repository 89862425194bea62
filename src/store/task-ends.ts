/** How tasks ended, hour by hour. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskEnds } from '../cluster/ports/store.ts'
import { endsTogether, partsOfEnds } from './ends.ts'
import { endsByHour, endsWithin } from './queries/tasks.ts'
import { perShape, query, shapeOf, statement } from './statement.ts'

type Selection = { from: number; device_id: string | null }

/** A function that reads how tasks ended from an instant on, of one device or of all. */
export const taskEnding = (db: DatabaseSync): ((since_ms: number, device_id?: string) => TaskEnds[]) => {
  const summed = perShape((shape) => statement<Selection>(db)((slot) => endsByHour(query, slot, shape)))
  const counted = statement<{ from: number; to: number }>(db)((slot) => endsWithin(query, slot))

  return (since_ms, device_id) => {
    const parts = partsOfEnds(since_ms)
    const rows = parts.cut === undefined ? [] : counted.all(parts.cut)
    const sums = summed(shapeOf({ device_id })).all({ from: parts.from, device_id: device_id ?? null })
    return endsTogether(parts, rows, sums, device_id)
  }
}
