/** Between a task's record and its row. */
import type { TaskDetail } from '../../schemas/index.ts'
import type { ListedTask, TaskRecord } from '../cluster/ports/records.ts'
import { query } from './statement.ts'
import type { TasksTable } from './tables.ts'

/** The part of a row that is rewritten when a task changes. */
export type TaskState = Pick<TasksTable, 'sequence' | 'status' | 'device_id' | 'ended_ms' | 'execution_ms' | 'record'>

/** The changing part of a record, as a row: what it is found by, and the record itself without the payload. */
export const stateOf = (record: TaskRecord): TaskState => {
  const { status, device_id, execution_time_seconds } = record.task
  return {
    sequence: record.sequence,
    status,
    device_id,
    ended_ms: record.ended_ms,
    // Whole milliseconds: sums of them are exact, however often they are added and taken away.
    execution_ms: execution_time_seconds === null ? null : Math.round(execution_time_seconds * 1000),
    record: JSON.stringify({ ...record, task: { ...record.task, payload: undefined } }),
  }
}

/** The part of a row that is written once, but for the payload. */
export const subjectOf = ({ task, created_ms }: TaskRecord) => {
  const { task_id, task_type, priority, batch_id, original_task_id } = task
  return { task_id, task_type, priority, batch_id, original_task_id, created_ms }
}

/** What is read of a task: {@link recordOf} makes the record of it. */
export type TaskRow = { record: string; payload: string | null }

/** What tasks that were taken in by an older version don't have. */
const LATER_FIELDS: Pick<TaskDetail, 'queue_if_unavailable' | 'progress' | 'progress_message' | 'inputs' | 'outputs'> =
  {
    queue_if_unavailable: false,
    progress: null,
    progress_message: null,
    inputs: [],
    outputs: [],
  }

/** The record of a row without its payload. */
export const listedOf = ({ record }: Pick<TaskRow, 'record'>): ListedTask => {
  const kept = JSON.parse(record) as ListedTask
  // The order of the fields is that of the answer: the id comes first, which is what `-q` prints of it.
  return { ...kept, task: { ...kept.task, ...LATER_FIELDS, ...kept.task } }
}

/** The record of a row. */
export const recordOf = ({ record, payload }: TaskRow): TaskRecord => {
  const kept = listedOf({ record })
  return { ...kept, task: { ...kept.task, payload: JSON.parse(payload ?? '{}') as TaskDetail['payload'] } }
}

/** Selects what {@link recordOf} takes, with the payload from where it lies. */
export const selectTasks = () =>
  query
    .selectFrom('tasks')
    .leftJoin('task_payloads', 'task_payloads.sequence', 'tasks.sequence')
    .select((e) => ['tasks.record', e.fn.coalesce('tasks.payload', 'task_payloads.payload').as('payload')])
