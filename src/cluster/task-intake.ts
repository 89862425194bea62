/** How tasks come in: one, many, or an old one again. */
import type { TaskDetail, TaskSubmission, TaskSubmitted } from '../../schemas/index.ts'
import { admit, newTask } from './admission.ts'
import type { Cluster } from './cluster.ts'
import { ClusterError } from './errors.ts'
import type { Experience } from './experience.ts'
import type { Once } from './idempotency.ts'
import { newBatchId, newTaskId } from './identifiers.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { TaskRecord } from './ports/store.ts'
import type { State } from './state.ts'
import type { TaskLookup } from './task-lookup.ts'
import type { Transaction } from './unit-of-work.ts'

/** What taking in works with. */
export type IntakeContext = {
  readonly state: State
  readonly experience: Experience
  readonly clock: Clock
  readonly once: Once
  /** Seconds of running time of a task that names no timeout. */
  readonly defaultTimeout: () => number
}

/** The work of a task, to be done once more. */
const submissionOf = ({ task }: TaskRecord): TaskSubmission => ({
  task_type: task.task_type,
  payload: task.payload,
  priority: task.priority,
  requirements: task.requirements,
  timeout: task.timeout,
  max_retries: task.max_retries,
  on_device_lost: task.on_device_lost,
  queue_if_unavailable: task.queue_if_unavailable,
  metadata: task.metadata,
  ...(task.requested_device_id === null ? {} : { device_id: task.requested_device_id }),
  ...(task.batch_id === null ? {} : { batch_id: task.batch_id }),
})

/** The operations that make tasks. */
export const createIntake = (
  context: IntakeContext,
  { find, get }: TaskLookup,
): Pick<Cluster['tasks'], 'submit' | 'submitBatch' | 'retry'> => {
  const { state, experience, clock, once } = context

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
    const mean = experience.mean(task.task_type, task.device_id) ?? task.timeout
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

  /** The task of an answer that is replayed may have aged out since. */
  const getIfKept = async (task_id: string, wait: number): Promise<TaskDetail | undefined> => {
    try {
      return await get(task_id, wait)
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'TASK_NOT_FOUND') return undefined
      throw error
    }
  }

  return {
    submit: async ({ submission, wait, idempotency }) => {
      const answer = await once<TaskSubmitted>({ idempotency, path: '/tasks', body: submission }, (run) =>
        run((tx) => submitted(add(tx, submission, null).task.task_id)),
      )
      const task = wait > 0 ? await getIfKept(answer.task_id, wait) : undefined
      return task === undefined ? answer : { ...answer, task }
    },
    submitBatch: ({ idempotency, ...batch }) =>
      once({ idempotency, path: '/tasks/batch', body: batch }, (run) =>
        run((tx) => {
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
      ),
    retry: ({ task_id, idempotency, ...change }) =>
      once({ idempotency, path: `/tasks/${task_id}/retry`, body: change }, async (run) => {
        const record = await find(task_id)
        const { status } = record.task
        if (status !== 'failed' && status !== 'cancelled')
          throw new ClusterError('TASK_NOT_RETRYABLE', { task_id, task_status: status })
        return run((tx) => {
          const { task_id: new_task_id } = add(tx, { ...submissionOf(record), ...change }, task_id).task
          return () => ({ new_task_id, original_task_id: task_id })
        })
      }),
  }
}
