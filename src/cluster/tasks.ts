/** The operations on tasks. */
import type { TaskList, TaskListQuery } from '../../schemas/index.ts'
import { batchProgress } from './batches.ts'
import type { Cluster } from './cluster.ts'
import { fromCursor, isSequence, toCursor } from './cursor.ts'
import { ClusterError } from './errors.ts'
import { fromInstant } from './instants.ts'
import { outputFrom, type Outputs } from './outputs.ts'
import { placementOf, type PlacementContext } from './placement.ts'
import type { TaskFilter, TaskRecord } from './ports/store.ts'
import { type CancellationContext, createCancellation } from './task-cancellation.ts'
import { createIntake, type IntakeContext } from './task-intake.ts'
import { createTaskLookup, type TaskLookupContext } from './task-lookup.ts'
import { taskTypes } from './task-types.ts'
import { batchKey, outputKey } from './waiters.ts'

/** What the operations work with. */
export type TaskContext = TaskLookupContext &
  IntakeContext &
  CancellationContext &
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
  const { state, store, work, views, waiters, outputs, clock } = context
  const lookup = createTaskLookup(context)
  const { find, get } = lookup

  return {
    ...createIntake(context, lookup),
    ...createCancellation(context, lookup),
    batch: async ({ batch_id, wait }) => {
      const look = async () => {
        const summary = await store.batch(batch_id)
        if (summary === undefined) throw new ClusterError('NOT_FOUND', { path: `/api/v1/tasks/batch/${batch_id}` })
        return batchProgress(batch_id, summary, clock.now())
      }
      const progress = await work.read(() => undefined).then(look)
      if (wait <= 0 || state.unfinishedOf(batch_id) === 0) return progress
      await waiters.wait(batchKey(batch_id), wait)
      return look()
    },
    types: () => work.read(() => taskTypes([...state.devices.values()])),
    output: async ({ task_id, offset, wait }) => {
      const look = (record: TaskRecord) => outputFrom(record, outputs.of(task_id), offset)
      const piece = look(await find(task_id))
      if (piece.text !== '' || piece.ended || wait <= 0) return piece
      // Between the look and the wait nothing is awaited: what is printed, or an end in between, cannot be missed.
      await (state.tasks.has(task_id) ? waiters.wait(outputKey(task_id), wait) : Promise.resolve())
      return look(await find(task_id))
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
