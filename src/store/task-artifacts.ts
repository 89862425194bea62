/** The table that tells which tasks name which files: what they take, and what they left. */
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { TaskRecord } from '../cluster/ports/records.ts'
import { query, statement } from './statement.ts'
import type { TaskArtifactsTable } from './tables.ts'

/** The statement that tells whether a file is named; `batches` is JSON, the batches that count as unfinished. */
export const naming = (db: DatabaseSync) =>
  statement<{ sha256: string; since_ms: number; batches: string }>(db)((slot) =>
    query
      .selectFrom('task_artifacts')
      .innerJoin('tasks', 'tasks.sequence', 'task_artifacts.sequence')
      .select('task_artifacts.sequence')
      .where('task_artifacts.sha256', '=', slot('sha256'))
      .where((e) =>
        e.or([
          e('tasks.ended_ms', 'is', null),
          e('tasks.ended_ms', '>=', slot('since_ms')),
          e('tasks.batch_id', 'in', sql<string>`(SELECT value FROM json_each(${slot('batches')}))`),
        ]),
      )
      .limit(1),
  )

/** The table. */
export type TaskArtifactTable = {
  /** Notes what a new task takes. Call it inside a transaction. */
  take(record: TaskRecord): void
  /** Notes what a task left. Call it inside a transaction. */
  leave(record: TaskRecord): void
  /** Of these files, those that the store's `namedSince` means. */
  namedSince(sha256: readonly string[], since_ms: number): string[]
}

/** Prepares the statements. */
export const taskArtifactTable = (db: DatabaseSync): TaskArtifactTable => {
  // A task may take one content under two names, and leave what it took.
  const insert = statement<TaskArtifactsTable>(db)((slot) =>
    query
      .insertInto('task_artifacts')
      .values(slot.each(['sha256', 'sequence']))
      .onConflict((conflict) => conflict.doNothing()),
  )
  const unfinishedBatches = statement<{ status: 'pending' | 'running' }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .select('batch_id')
      .distinct()
      .where('status', '=', slot('status'))
      .where('batch_id', 'is not', null),
  )
  const endedBatches = statement<{ since_ms: number }>(db)((slot) =>
    query
      .selectFrom('tasks')
      .select('batch_id')
      .distinct()
      .where('ended_ms', '>=', slot('since_ms'))
      .where('batch_id', 'is not', null),
  )
  const named = naming(db)

  return {
    take: ({ sequence, task }) => {
      for (const { sha256 } of task.inputs) insert.run({ sha256, sequence })
    },
    leave: ({ sequence, task }) => {
      for (const { sha256 } of task.result?.artifacts ?? []) insert.run({ sha256, sequence })
    },
    namedSince: (files, since_ms) => {
      const rows = [
        ...unfinishedBatches.all({ status: 'pending' }),
        ...unfinishedBatches.all({ status: 'running' }),
        ...endedBatches.all({ since_ms }),
      ]
      const batches = JSON.stringify([...new Set(rows.map(({ batch_id }) => batch_id))])
      return files.filter((sha256) => named.get({ sha256, since_ms, batches }) !== undefined)
    },
  }
}
