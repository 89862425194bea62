/** Batches, as their tasks tell of them. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { TaskArtifact } from '../../schemas/index.ts'
import type { TaskFiles } from '../cluster/ports/records.ts'
import type { BatchSummary } from '../cluster/ports/store.ts'
import { query, statement } from './statement.ts'
import { countsOf } from './task-counts.ts'

/** The statement behind {@link unrepeated}. */
export const unrepeatedTasks = (db: DatabaseSync) =>
  statement<{ batch_id: string; after: number; limit: number }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .select('tasks.task_id')
      .where('tasks.batch_id', '=', slot('batch_id'))
      .where('tasks.sequence', '>', slot('after'))
      .where('tasks.status', 'in', ['failed', 'cancelled'])
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('tasks as repeat')
              .select('repeat.sequence')
              .whereRef('repeat.original_task_id', '=', 'tasks.task_id'),
          ),
        ),
      )
      .orderBy('tasks.sequence')
      .limit(slot('limit')),
  )

/** A function that tells the failed and cancelled tasks of a batch that no other task repeats, those after a sequence, oldest first. */
export const unrepeated = (db: DatabaseSync): ((batch_id: string, after: number, limit: number) => string[]) => {
  const found = unrepeatedTasks(db)
  return (batch_id, after, limit) => found.all({ batch_id, after, limit }).map(({ task_id }) => task_id)
}

/** The statement behind {@link left}: of a record what was left alone, for what a task printed may be a MiB. */
export const completedTasks = (db: DatabaseSync) =>
  statement<{ batch_id: string; after: number; limit: number }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .select([
        'task_id',
        sql<string>`json_extract(record, '$.task.completed_at')`.as('completed_at'),
        sql<string | null>`json_extract(record, '$.task.result.artifacts')`.as('artifacts'),
      ])
      .where('batch_id', '=', slot('batch_id'))
      .where('sequence', '>', slot('after'))
      .where('status', '=', 'completed')
      .orderBy('sequence')
      .limit(slot('limit')),
  )

/** A function that tells what the completed tasks of a batch left, those after a sequence, oldest first. */
export const left = (db: DatabaseSync): ((batch_id: string, after: number, limit: number) => TaskFiles[]) => {
  const completed = completedTasks(db)
  return (batch_id, after, limit) =>
    completed
      .all({ batch_id, after, limit })
      .map(({ artifacts, ...task }) => ({ ...task, artifacts: JSON.parse(artifacts ?? '[]') as TaskArtifact[] }))
}

/** A function that sums up a batch; undefined where no task of it is kept. */
export const batchSummary = (db: DatabaseSync): ((batch_id: string) => BatchSummary | undefined) => {
  const sums = statement<{ batch_id: string }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .where('batch_id', '=', slot('batch_id'))
      .groupBy('status')
      .select((e) => [
        'status',
        e.fn.countAll<number>().as('tasks'),
        e.fn.min('created_ms').as('first_created_ms'),
        e.fn.max('ended_ms').as('last_ended_ms'),
      ]),
  )

  return (batch_id) => {
    const rows = sums.all({ batch_id })
    if (rows.length === 0) return undefined
    const ends = rows.map((row) => row.last_ended_ms).filter((end) => end !== null)
    return {
      counts: countsOf(rows),
      first_created_ms: Math.min(...rows.map((row) => row.first_created_ms)),
      last_ended_ms: ends.length === 0 ? null : Math.max(...ends),
    }
  }
}
