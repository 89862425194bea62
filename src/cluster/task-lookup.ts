/** Finds a task wherever it is kept: in memory while it is unfinished, in the store afterwards. */
import type { TaskDetail } from '../../schemas/index.ts'
import { ClusterError } from './errors.ts'
import type { TaskRecord } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { State } from './state.ts'
import { isFinal } from './transitions.ts'
import type { UnitOfWork } from './unit-of-work.ts'
import type { Views } from './views.ts'
import type { Waiters } from './waiters.ts'

/** What the lookup works with. */
export type TaskLookupContext = {
  readonly state: State
  readonly store: Store
  readonly work: UnitOfWork
  readonly views: Views
  readonly waiters: Waiters
}

/** Finds tasks. */
export interface TaskLookup {
  /** The record of a task. Errors: `TASK_NOT_FOUND`. */
  find(task_id: string): Promise<TaskRecord>
  /** A task as it is shown: now, or as soon as it is final, or after `wait` seconds. Errors: `TASK_NOT_FOUND`. */
  get(task_id: string, wait: number): Promise<TaskDetail>
  /** The same of one that is known to be on disk, for more than 0 seconds: while it is unfinished it need not be looked for. */
  getKept(task_id: string, wait: number): Promise<TaskDetail>
}

/** Finds tasks in this state and this store. */
export const createTaskLookup = ({ state, store, work, views, waiters }: TaskLookupContext): TaskLookup => {
  const find = async (task_id: string): Promise<TaskRecord> => {
    // What memory has let go of is final, but for an instant its commit may be under way.
    const live = await work.read(() => state.tasks.get(task_id))
    const record = live ?? (await store.task(task_id))
    if (record === undefined) throw new ClusterError('TASK_NOT_FOUND', { task_id })
    return record
  }

  /** Waits for its end, where it is unfinished. Between a look and this nothing is awaited: an end in between cannot be missed. */
  const awaitEnd = async (task_id: string, wait: number): Promise<TaskDetail> => {
    const ended = await waiters.wait(task_id, state.tasks.has(task_id) ? wait : 0)
    return views.task(ended ?? (await find(task_id)))
  }

  return {
    find,
    get: async (task_id, wait) => {
      const record = await find(task_id)
      return wait <= 0 || isFinal(record.task.status) ? views.task(record) : awaitEnd(task_id, wait)
    },
    getKept: awaitEnd,
  }
}
