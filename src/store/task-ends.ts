/** How tasks ended, hour by hour. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskEnds } from '../cluster/ports/store.ts'
import { perShape, query, shapeOf, statement } from './statement.ts'
import type { TaskEndsTable } from './tables.ts'

/** An hour, as the triggers of migration 0001 cut it. */
const HOUR_MS = 3_600_000

type Selection = { from: number; device_id: string | null }

const endsOf = ({ hour_ms, device_id, task_type, status, tasks, execution_ms }: TaskEndsTable): TaskEnds => ({
  hour_ms,
  device_id: device_id === '' ? null : device_id,
  task_type,
  status,
  count: tasks,
  execution_seconds: execution_ms / 1000,
})

/** A function that reads how tasks ended from an instant on: whole hours by their sums, the hour that it cuts by its rows. */
export const taskEnding = (db: DatabaseSync): ((since_ms: number, device_id?: string) => TaskEnds[]) => {
  const summed = perShape((shape) =>
    statement<Selection>(db)((slot) => {
      const hours = query.selectFrom('task_ends').selectAll().where('hour_ms', '>=', slot('from')).orderBy('hour_ms')
      return shape.has('device_id') ? hours.where('device_id', '=', slot('device_id')) : hours
    }),
  )
  // Of one hour the ends of all devices are counted, so that the index of ends is the one that is followed.
  const counted = statement<{ from: number; to: number }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .where('ended_ms', '>=', slot('from'))
      .where('ended_ms', '<', slot('to'))
      .groupBy(['device_id', 'task_type', 'status'])
      .select((e) => [
        e.fn.coalesce('device_id', e.val('')).as('device_id'),
        'task_type',
        'status',
        e.fn.countAll<number>().as('tasks'),
        e.fn.coalesce(e.fn.sum<number>('execution_ms'), e.lit(0)).as('execution_ms'),
      ]),
  )

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
