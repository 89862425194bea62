/** The state machine of a task, as a table. Tests, docs and code read this one. */
import type { TaskStatus } from '../../schemas/index.ts'

/** The legal transitions of a task. */
export const transitions = {
  // completed, failed: a device that was taken for lost came back with the end of the attempt, or rejected it.
  pending: ['running', 'completed', 'failed', 'cancelled'],
  // pending: the device was lost or handed the task back, or a retry is due.
  running: ['pending', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<TaskStatus, readonly TaskStatus[]>

/** True where a task in this state has ended for good. */
export const isFinal = (status: TaskStatus): boolean => transitions[status].length === 0

/** Goes to another state. Throws where the table does not allow it: a defect, never a user's mistake. */
export const transition = (from: TaskStatus, to: TaskStatus): TaskStatus => {
  const allowed: readonly TaskStatus[] = transitions[from]
  if (!allowed.includes(to)) throw new Error(`a task cannot go from ${from} to ${to}`)
  return to
}
