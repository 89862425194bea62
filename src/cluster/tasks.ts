/** The operations on tasks. */
import type { TaskDetail, TaskList, TaskListQuery, TaskSubmission, TaskSubmitted } from '../../schemas/index.ts'
import { admit, newTask } from './admission.ts'
import { isAssigned, keyOf, refOf } from './attempt.ts'
import { batchProgress } from './batches.ts'
import type { Cluster } from './cluster.ts'
import { fromCursor, isSequence, toCursor } from './cursor.ts'
import type { Durations } from './durations.ts'
import { ClusterError } from './errors.ts'
import type { Fleet } from './fleet.ts'
import { newBatchId, newTaskId } from './identifiers.ts'
import { fromInstant, toInstant } from './instants.ts'
import type { Lifecycle } from './lifecycle.ts'
import { outputFrom, type Outputs } from './outputs.ts'
import type { Clock } from './ports/clock.ts'
import type { Store, TaskFilter, TaskRecord } from './ports/store.ts'
import type { State } from './state.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'
import { taskTypes } from './task-types.ts'
import { isFinal } from './transitions.ts'
import type { Views } from './views.ts'
import { batchKey, outputKey, type Waiters } from './waiters.ts'

/** What the operations work with. */
export type TaskContext = {
  readonly state: State
  readonly store: Store
  readonly fleet: Fleet
  readonly work: UnitOfWork
  readonly lifecycle: Lifecycle
  readonly views: Views
  readonly waiters: Waiters
  readonly durations: Durations
  readonly outputs: Outputs
  readonly clock: Clock
  /** Seconds of running time of a task that names no timeout. */
  readonly defaultTimeout: () => number
}

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
  const { state, store, fleet, work, lifecycle, views, waiters, durations, outputs, clock } = context

  const add = (tx: Transaction, submission: TaskSubmission, original_task_id: string | null): TaskRecord => {
    admit(submission, state.devices.values())
    state.last.task += 1
    const identity = { task_id: newTaskId(), sequence: state.last.task, original_task_id }
    const record = newTask(submission, identity, context.defaultTimeout(), clock.now())
    tx.putTask(record)
    const { task_id, task_type, batch_id, requested_device_id } = record.task
    tx.record({ type: 'task_created', task_id, task_type, batch_id, requested_device_id })
    return record
  }

  /** When an assigned task should be done: the tasks before it on its device share the slots. */
  const estimate = ({ task }: TaskRecord): string | null => {
    if (task.device_id === null) return null
    const device = state.devices.get(task.device_id)
    const mean = durations.mean(task.task_type, task.device_id) ?? task.timeout
    const rounds = Math.ceil(state.assignedTo(task.device_id).size / Math.max(1, device?.offer.slots ?? 1))
    return toInstant(clock.now() + Math.max(1, rounds) * mean * 1000)
  }

  const submitted = (task_id: string) => (): TaskSubmitted => {
    const record = state.tasks.get(task_id)
    return {
      task_id,
      assigned_device: record?.task.device_id ?? null,
      estimated_completion: record === undefined ? null : estimate(record),
    }
  }

  const find = async (task_id: string): Promise<TaskRecord> => {
    // What memory has let go of is final, but for an instant its commit may be under way.
    const live = await work.read(() => state.tasks.get(task_id))
    const record = live ?? (await store.task(task_id))
    if (record === undefined) throw new ClusterError('TASK_NOT_FOUND', { task_id })
    return record
  }

  const get = async (task_id: string, wait: number): Promise<TaskDetail> => {
    const record = await find(task_id)
    if (wait <= 0 || isFinal(record.task.status)) return views.task(record)
    // Between the look and the wait nothing is awaited: an end in between cannot be missed.
    await (state.tasks.has(task_id) ? waiters.wait(task_id, wait) : Promise.resolve())
    return views.task(await find(task_id))
  }

  return {
    submit: async ({ submission, wait }) => {
      const answer = await work.run((tx) => submitted(add(tx, submission, null).task.task_id))
      return wait > 0 ? { ...answer, task: await get(answer.task_id, wait) } : answer
    },
    submitBatch: (batch) =>
      work.run((tx) => {
        const batch_id = batch.batch_id ?? newBatchId()
        const task_ids = batch.tasks.map((submission, index) => {
          try {
            return add(tx, { ...submission, batch_id }, null).task.task_id
          } catch (error) {
            // One that can't be taken in refuses all: the refusal says which.
            if (error instanceof ClusterError)
              throw new ClusterError(error.code, { ...error.details, path: `/tasks/${index}` })
            throw error
          }
        })
        return () => ({ batch_id, task_ids })
      }),
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
    cancel: async ({ task_id }) => {
      await find(task_id)
      const record = state.tasks.get(task_id)
      if (record === undefined) {
        const { task } = await find(task_id)
        throw new ClusterError('TASK_NOT_CANCELLABLE', { task_id, task_status: task.status })
      }
      return work.run((tx) => {
        const was_running = record.task.status === 'running'
        lifecycle.cancelled(tx, record, 'cancelled by request')
        const { device_id } = record.task
        if (device_id !== null && isAssigned(record)) {
          // The slot stays taken until the device has said that it is over.
          const { ending, link } = fleet.of(device_id)
          const ref = refOf(record)
          if (link !== null) ending.add(keyOf(ref))
          tx.after(() => link?.notify('task.cancel', ref))
        }
        return () => ({ cancelled_task: task_id, was_running })
      })
    },
    retry: async ({ task_id, priority }) => {
      const { task } = await find(task_id)
      if (task.status !== 'failed' && task.status !== 'cancelled')
        throw new ClusterError('TASK_NOT_RETRYABLE', { task_id, task_status: task.status })
      const submission: TaskSubmission = {
        task_type: task.task_type,
        payload: task.payload,
        priority: priority ?? task.priority,
        requirements: task.requirements,
        timeout: task.timeout,
        max_retries: task.max_retries,
        on_device_lost: task.on_device_lost,
        metadata: task.metadata,
        ...(task.requested_device_id === null ? {} : { device_id: task.requested_device_id }),
        ...(task.batch_id === null ? {} : { batch_id: task.batch_id }),
      }
      return work.run((tx) => {
        const { task_id: new_task_id } = add(tx, submission, task_id).task
        return () => ({ new_task_id, original_task_id: task_id })
      })
    },
  }
}
