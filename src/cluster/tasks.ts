/** The operations on tasks. */
import type { TaskDetail, TaskList, TaskListQuery, TaskSubmitted } from '../../schemas/index.ts'
import { type BatchContext, createBatchOperations } from './batches.ts'
import type { Cluster } from './cluster.ts'
import { fromCursor, isSequence, toCursor } from './cursor.ts'
import { ClusterError } from './errors.ts'
import { filesOf } from './files/inputs.ts'
import { fromInstant } from './instants.ts'
import { outputFrom, type Outputs } from './outputs.ts'
import { placementOf, type PlacementContext } from './placement.ts'
import type { TaskRecord } from './ports/records.ts'
import type { TaskFilter } from './ports/store.ts'
import { cancelTask } from './task-cancellation.ts'
import { createIntake, type IntakeContext, workOf } from './task-intake.ts'
import { createTaskLookup, type TaskLookupContext } from './task-lookup.ts'
import { taskTypes } from './task-types.ts'
import { outputKey } from './waiters.ts'

/** What the operations work with. */
export type TaskContext = TaskLookupContext &
  IntakeContext &
  BatchContext &
  PlacementContext & { readonly outputs: Outputs }

const DEFAULT_LIMIT = 50

const filterOf = (query: TaskListQuery): TaskFilter => ({
  ...(query.status === undefined || query.status === 'all' ? {} : { status: query.status }),
  ...(query.device_id === undefined ? {} : { device_id: query.device_id }),
  ...(query.task_type === undefined ? {} : { task_type: query.task_type }),
  ...(query.priority === undefined ? {} : { priority: query.priority }),
  ...(query.batch_id === undefined ? {} : { batch_id: query.batch_id }),
  ...(query.since === undefined ? {} : { since_ms: fromInstant(query.since) }),
  ...(query.until === undefined ? {} : { until_ms: fromInstant(query.until) }),
})

/** The operations. */
export const createTaskOperations = (context: TaskContext): Cluster['tasks'] => {
  const { state, store, work, views, waiters, outputs, once, fileLook } = context
  const { find, get, getKept } = createTaskLookup(context)
  const intake = createIntake(context)

  /** The task of an answer, which is on disk; one that is replayed may have aged out since. */
  const getIfKept = async (task_id: string, wait: number): Promise<TaskDetail | undefined> => {
    try {
      return await getKept(task_id, wait)
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'TASK_NOT_FOUND') return undefined
      throw error
    }
  }

  return {
    ...createBatchOperations(context, intake),
    submit: async ({ submission, wait, idempotency }) => {
      const answer = await once<TaskSubmitted>({ idempotency, path: '/tasks', body: submission }, (run) =>
        fileLook.during(filesOf([submission]), (missing) =>
          run((tx) => {
            const { task_id } = intake.add(tx, submission, null, missing).task
            return () => intake.answer(task_id)
          }),
        ),
      )
      const task = wait > 0 ? await getIfKept(answer.task_id, wait) : undefined
      return task === undefined ? answer : { ...answer, task }
    },
    retry: ({ task_id, idempotency, ...change }) =>
      once({ idempotency, path: `/tasks/${task_id}/retry`, body: change }, async (run) => {
        const work = workOf(await find(task_id))
        return fileLook.during(filesOf([work]), (missing) =>
          run((tx) => {
            const { task_id: new_task_id } = intake.add(tx, { ...work, ...change }, task_id, missing).task
            return () => ({ new_task_id, original_task_id: task_id })
          }),
        )
      }),
    cancel: async ({ task_id }) => {
      await find(task_id)
      const record = state.tasks.get(task_id)
      if (record === undefined) {
        const { task } = await find(task_id)
        throw new ClusterError('TASK_NOT_CANCELLABLE', { task_id, task_status: task.status })
      }
      return work.run((tx) => {
        cancelTask(context, tx, record)
        return () => ({ cancelled_task: task_id, was_running: record.task.status === 'running' })
      })
    },
    types: () => work.read(() => taskTypes([...state.devices.values()])),
    output: async ({ task_id, offset, wait }) => {
      const look = (record: TaskRecord) => outputFrom(record, outputs.of(task_id), offset)
      const piece = look(await find(task_id))
      if (piece.text !== '' || piece.ended || wait <= 0) return piece
      // Between the look and the wait nothing is awaited: what is printed, or an end in between, cannot be missed.
      const ended = await waiters.wait(outputKey(task_id), state.tasks.has(task_id) ? wait : 0)
      return look(ended ?? (await find(task_id)))
    },
    list: async (query): Promise<TaskList> => {
      const { limit = DEFAULT_LIMIT, cursor, ...rest } = query
      const filter = filterOf(rest)
      const before = cursor === undefined ? undefined : fromCursor(cursor, filter, isSequence)
      const [rows, counts] = await Promise.all([
        store.tasks(filter, { limit: limit + 1, ...(before === undefined ? {} : { before }) }),
        // The counts speak of all states.
        store.taskCounts(filterOf({ ...rest, status: 'all' })),
      ])
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        tasks: views.listed(page),
        total: Object.values(counts).reduce((sum, count) => sum + count, 0),
        ...counts,
        next_cursor: rows.length > limit && last !== undefined ? toCursor(last.sequence, filter) : null,
      }
    },
    get: ({ task_id, wait }) => get(task_id, wait),
    placement: async ({ task_id }) => placementOf(context, await find(task_id)),
  }
}
