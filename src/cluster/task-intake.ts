/** How tasks come in: new ones, and old ones again. */
import type { TaskSubmission, TaskSubmitted } from '../../schemas/index.ts'
import { admit, newTask } from './admission.ts'
import { ClusterError } from './errors.ts'
import type { Experience } from './experience.ts'
import { checkInputs, checkKept, type MissingFiles } from './files/inputs.ts'
import { newTaskId } from './identifiers.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { PayloadProblemsOf } from './ports/payloads.ts'
import type { TaskRecord } from './ports/records.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** What taking in works with. */
export type IntakeContext = {
  readonly state: State
  readonly experience: Experience
  readonly clock: Clock
  /** Whether there is room for more tasks, on the disk and by the config. */
  readonly takesWork: () => boolean
  /** What is wrong with the payload of a type that is not built in. */
  readonly payloadProblems: PayloadProblemsOf
  /** Seconds of running time of a task that names no timeout. */
  readonly defaultTimeout: () => number
}

/** Taking in. */
export interface Intake {
  /**
   * Takes in a task, as a step of a unit of work. `original_task_id` is the task whose work it repeats; `missing` are those of
   * its inputs that are not here: the others are held until the unit is on disk ({@link FileLook}).
   * Throws what {@link admit} throws, `VALIDATION_ERROR` for inputs that are missing (`ARTIFACT_NOT_FOUND` where it repeats a task),
   * and `STORAGE_FULL` where there is no room for it; nothing is changed then.
   */
  add(tx: Transaction, submission: TaskSubmission, original_task_id: string | null, missing: MissingFiles): TaskRecord
  /** What a submission is answered with, at the end of the turn. */
  answer(task_id: string): TaskSubmitted
}

/**
 * The work of a task that failed or was cancelled, to be submitted again.
 * @throws ClusterError `TASK_NOT_RETRYABLE`
 */
export const workOf = ({ task }: TaskRecord): TaskSubmission => {
  const { task_id, status } = task
  if (status !== 'failed' && status !== 'cancelled')
    throw new ClusterError('TASK_NOT_RETRYABLE', { task_id, task_status: status })
  return {
    task_type: task.task_type,
    payload: task.payload,
    inputs: task.inputs,
    outputs: task.outputs,
    priority: task.priority,
    requirements: task.requirements,
    timeout: task.timeout,
    max_retries: task.max_retries,
    on_device_lost: task.on_device_lost,
    queue_if_unavailable: task.queue_if_unavailable,
    metadata: task.metadata,
    ...(task.requested_device_id === null ? {} : { device_id: task.requested_device_id }),
    ...(task.batch_id === null ? {} : { batch_id: task.batch_id }),
  }
}

/** Takes tasks into this state. */
export const createIntake = ({
  state,
  experience,
  clock,
  takesWork,
  payloadProblems,
  defaultTimeout,
}: IntakeContext): Intake => {
  /** When an assigned task should be done: the tasks before it on its device share the slots. */
  const estimate = ({ task }: TaskRecord): string | null => {
    if (task.device_id === null) return null
    const device = state.devices.get(task.device_id)
    const mean = experience.mean(task.task_type, task.device_id) ?? task.timeout
    const rounds = Math.ceil(state.assignedTo(task.device_id).size / Math.max(1, device?.offer.slots ?? 1))
    return toInstant(clock.now() + Math.max(1, rounds) * mean * 1000)
  }

  return {
    add: (tx, submission, original_task_id, missing) => {
      if (!takesWork()) throw new ClusterError('STORAGE_FULL')
      if (original_task_id === null) checkInputs(submission, missing)
      else checkKept(submission, missing)
      admit(submission, state.devices, payloadProblems)
      state.last.task += 1
      const identity = { task_id: newTaskId(), sequence: state.last.task, original_task_id }
      const record = newTask(submission, identity, defaultTimeout(), clock.now())
      tx.putTask(record)
      const { task_id, task_type, batch_id, requested_device_id } = record.task
      tx.record({ type: 'task_created', task_id, task_type, batch_id, requested_device_id })
      return record
    },
    answer: (task_id) => {
      const record = state.tasks.get(task_id)
      return {
        task_id,
        assigned_device: record?.task.device_id ?? null,
        estimated_completion: record === undefined ? null : estimate(record),
      }
    },
  }
}
