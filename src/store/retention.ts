/** What ages out: the oldest rows beyond the bounds, a few thousand at a time, so that nobody waits long for the disk. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { Bounds } from '../cluster/ports/store.ts'
import { AT_A_TIME, BYTES_AT_A_TIME, journalBeyond, logsBeyond } from './beyond.ts'
import { HOUR_MS } from './ends.ts'
import { removalOfAnswers } from './queries/answers.ts'
import { removalOfTasks } from './queries/tasks.ts'
import { type NoArguments, query, statement } from './statement.ts'

/** What retention does. */
export type Retention = {
  /** Removes some of what is beyond the bounds. Call it inside a transaction. Returns true where more is left. */
  prune(bounds: Bounds): boolean
  /**
   * Removes some of the oldest where all together is larger than its bound: finished tasks, then events, then the minute
   * means. Call it inside a transaction. Returns true where more is left, and can go.
   */
  shrink(usedBytes: number, bounds: Pick<Bounds, 'maxBytes'>): boolean
}

/** Prepares the statements. */
export const retention = (db: DatabaseSync): Retention => {
  const finished = statement<NoArguments>(db)(() =>
    query
      .selectFrom('task_counts')
      .where('status', 'in', ['completed', 'failed', 'cancelled'])
      .select((e) => e.fn.coalesce(e.fn.sum<number>('tasks'), sql.lit(0)).as('rows')),
  )
  const oldTasks = statement<{ before: number; most: number }>(db)((slot) => removalOfTasks(query, slot))
  const newestEvent = statement<NoArguments>(db)(() =>
    query.selectFrom('journal').select('last_sequence').orderBy('last_sequence', 'desc').limit(1),
  )
  const oldestEvents = statement<{ most: number }>(db)((slot) =>
    query
      .selectFrom('journal')
      .select(['last_sequence', sql<string>`json_extract(events, '$[0][1].timestamp')`.as('at')])
      .orderBy('last_sequence')
      .limit(slot('most')),
  )
  const dropEvents = statement<{ upTo: number }>(db)((slot) =>
    query.deleteFrom('journal').where('last_sequence', '<=', slot('upTo')),
  )
  const logBytes = statement<NoArguments>(db)(() =>
    query.selectFrom('logs').select(sql<number>`coalesce(sum(length(CAST(entry AS BLOB))), 0)`.as('bytes')),
  )
  const oldestLogs = statement<{ most: number }>(db)((slot) =>
    query
      .selectFrom('logs')
      .select(['sequence', 'at_ms', sql<number>`length(CAST(entry AS BLOB))`.as('bytes')])
      .orderBy('sequence')
      .limit(slot('most')),
  )
  const dropLogs = statement<{ upTo: number }>(db)((slot) =>
    query.deleteFrom('logs').where('sequence', '<=', slot('upTo')),
  )
  const dropMetrics = statement<{ resolution: 'minute' | 'hour'; before: number }>(db)((slot) =>
    query.deleteFrom('metrics').where('resolution', '=', slot('resolution')).where('at_ms', '<', slot('before')),
  )

  const oldAnswers = statement<{ before: number; most: number }>(db)((slot) => removalOfAnswers(query, slot))
  const answers = statement<NoArguments>(db)(() =>
    query.selectFrom('idempotency').select((e) => e.fn.countAll<number>().as('rows')),
  )

  const pruneAnswers = (bounds: Bounds): boolean => {
    const aged = oldAnswers.run({ before: bounds.answersSince_ms, most: AT_A_TIME })
    const surplus = (answers.get({})?.rows ?? 0) - bounds.maxAnswers
    if (surplus > 0) oldAnswers.run({ before: Number.MAX_SAFE_INTEGER, most: Math.min(surplus, AT_A_TIME) })
    return aged === AT_A_TIME || surplus > AT_A_TIME
  }

  const pruneTasks = (bounds: Bounds): boolean => {
    const aged = oldTasks.run({ before: bounds.tasksEndedSince_ms, most: AT_A_TIME })
    const surplus = (finished.get({})?.rows ?? 0) - bounds.maxFinishedTasks
    if (surplus > 0) oldTasks.run({ before: Number.MAX_SAFE_INTEGER, most: Math.min(surplus, AT_A_TIME) })
    return aged === AT_A_TIME || surplus > AT_A_TIME
  }

  const oldestMinute = statement<NoArguments>(db)(() =>
    query.selectFrom('metrics').where('resolution', '=', 'minute').select('at_ms').orderBy('at_ms').limit(1),
  )
  /** As many of the oldest tasks as are likely to hold these bytes. */
  const shrinkTasks = (bytes: number, usedBytes: number): number => {
    const rows = finished.get({})?.rows ?? 0
    const most = Math.min(AT_A_TIME, Math.ceil((bytes / usedBytes) * rows))
    return oldTasks.run({ before: Number.MAX_SAFE_INTEGER, most })
  }
  const shrinkEvents = (): number => {
    const last = oldestEvents.all({ most: AT_A_TIME / 10 }).at(-1)
    return last === undefined ? 0 : dropEvents.run({ upTo: last.last_sequence })
  }
  const shrinkMinutes = (): number => {
    const first = oldestMinute.get({})
    return first === undefined ? 0 : dropMetrics.run({ resolution: 'minute', before: first.at_ms + HOUR_MS })
  }

  const pruneEvents = (bounds: Bounds): boolean => {
    const oldest = oldestEvents.all({ most: AT_A_TIME }).map((row) => ({ ...row, at_ms: Date.parse(row.at) }))
    const { last, isMore } = journalBeyond(oldest, newestEvent.get({})?.last_sequence ?? 0, bounds)
    if (last !== undefined) dropEvents.run({ upTo: last })
    return isMore
  }

  const pruneLogs = (bounds: Bounds): boolean => {
    const { last, isMore } = logsBeyond(oldestLogs.all({ most: AT_A_TIME }), logBytes.get({})?.bytes ?? 0, bounds)
    if (last !== undefined) dropLogs.run({ upTo: last })
    return isMore
  }

  return {
    prune: (bounds) => {
      dropMetrics.run({ resolution: 'minute', before: bounds.minutesSince_ms })
      dropMetrics.run({ resolution: 'hour', before: bounds.hoursSince_ms })
      return [pruneTasks, pruneEvents, pruneLogs, pruneAnswers]
        .map((prune) => prune(bounds))
        .some((isMoreLeft) => isMoreLeft)
    },
    shrink: (usedBytes, { maxBytes }) => {
      const surplus = usedBytes - maxBytes
      if (surplus <= 0) return false
      return shrinkTasks(Math.min(surplus, BYTES_AT_A_TIME), usedBytes) > 0 || shrinkEvents() > 0 || shrinkMinutes() > 0
    },
  }
}
