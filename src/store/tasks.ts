/** The table of tasks: writing them, and finding single ones. */
import type { DatabaseSync } from 'node:sqlite'
import type { TaskRecord } from '../cluster/ports/records.ts'
import { query, statement } from './statement.ts'
import type { TaskArtifactTable } from './task-artifacts.ts'
import type { TaskPayloadsTable, TasksTable } from './tables.ts'
import { recordOf, selectTasks, stateOf, subjectOf, type TaskState } from './task-record.ts'

/** Payloads longer than this, in characters of JSON, get a row of their own. Shorter ones cost less where they are. */
export const LONG_PAYLOAD = 1024

/** The columns of a task, in the order in which they are written. */
export const taskColumns = [
  'sequence',
  'task_id',
  'status',
  'device_id',
  'task_type',
  'priority',
  'batch_id',
  'original_task_id',
  'created_ms',
  'ended_ms',
  'execution_ms',
  'record',
  'payload',
] as const satisfies readonly (keyof TasksTable)[]

/** The table of tasks. */
export type TaskTable = {
  /** Writes a task. What it was submitted with is taken from its first write alone. Call it inside a transaction. */
  save(record: TaskRecord): void
  find(task_id: string): TaskRecord | undefined
  /** Pending and running tasks, in sequence. */
  unfinished(): TaskRecord[]
}

/** Prepares the statements of the table of tasks. `artifacts` is told which files they name. */
export const taskTable = (db: DatabaseSync, artifacts: Pick<TaskArtifactTable, 'take' | 'leave'>): TaskTable => {
  const insert = statement<TasksTable>(db)((slot) => query.insertInto('tasks').values(slot.each(taskColumns)))
  const insertPayload = statement<TaskPayloadsTable>(db)((slot) =>
    query.insertInto('task_payloads').values(slot.each(['sequence', 'payload'])),
  )
  const update = statement<TaskState>(db)((slot) =>
    query
      .updateTable('tasks')
      .set(slot.each(['status', 'device_id', 'ended_ms', 'execution_ms', 'record']))
      .where('sequence', '=', slot('sequence')),
  )
  const byId = statement<{ task_id: string }>(db)((slot) => selectTasks().where('task_id', '=', slot('task_id')))
  // Two equalities, so that both are read in the order of tasks_by_status.
  const byStatus = statement<{ status: 'pending' | 'running' }>(db)((slot) =>
    selectTasks().where('status', '=', slot('status')).orderBy('tasks.sequence'),
  )

  const add = (record: TaskRecord, state: TaskState): void => {
    const payload = JSON.stringify(record.task.payload)
    const long = payload.length > LONG_PAYLOAD
    insert.run({ ...state, ...subjectOf(record), payload: long ? null : payload })
    if (long) insertPayload.run({ sequence: record.sequence, payload })
    artifacts.take(record)
  }

  return {
    save: (record) => {
      const state = stateOf(record)
      if (update.run(state) === 0) add(record, state)
      if (record.ended_ms !== null) artifacts.leave(record)
    },
    find: (task_id) => {
      const row = byId.get({ task_id })
      return row && recordOf(row)
    },
    unfinished: () =>
      [...byStatus.all({ status: 'pending' }), ...byStatus.all({ status: 'running' })]
        .map(recordOf)
        .sort((one, other) => one.sequence - other.sequence),
  }
}
