/** Batches, as their tasks tell of them. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { TaskArtifact } from '../../schemas/index.ts'
import type { TaskFiles } from '../cluster/ports/records.ts'
import type { BatchSummary } from '../cluster/ports/store.ts'
import { summaryOf } from './counting.ts'
import { sumsOfBatch, unrepeatedOf } from './queries/batches.ts'
import { query, statement } from './statement.ts'

/** The statement behind {@link unrepeated}. */
export const unrepeatedTasks = (db: DatabaseSync) =>
  statement<{ batch_id: string; after: number; limit: number }>(db)((slot) => unrepeatedOf(query, slot))

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
  const sums = statement<{ batch_id: string }>(db)((slot) => sumsOfBatch(query, slot))
  return (batch_id) => summaryOf(sums.all({ batch_id }))
}
