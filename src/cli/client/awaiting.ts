/** Waiting for the end of a task, and what its end means for the exit code. */
import type { TaskDetail } from '../../../schemas/task.ts'
import { Failure } from '../failure.ts'
import type { Api } from './api.ts'

/** The longest that the API waits in one call (CONTRACT.md §1). */
const LONGEST_WAIT_SECONDS = 60

const isFinal = ({ status }: TaskDetail): boolean => status !== 'pending' && status !== 'running'

/** One task as it is now, or as soon as it is final, at most `wait` seconds from now. */
export const readTask = async (api: Api, task_id: string, wait = 0): Promise<TaskDetail> => {
  const { task } = await api<{ task: TaskDetail }>({
    method: 'GET',
    path: `/tasks/${encodeURIComponent(task_id)}`,
    query: { wait: wait === 0 ? undefined : wait },
    waits: wait,
  })
  return task
}

/** Resolves with the task when it is final, however long that takes. */
export const awaitTask = async (api: Api, task_id: string): Promise<TaskDetail> => {
  let task = await readTask(api, task_id, LONGEST_WAIT_SECONDS)
  while (!isFinal(task)) task = await readTask(api, task_id, LONGEST_WAIT_SECONDS)
  return task
}

/** Exit codes that a process can have and that say that something failed. */
const isExitCode = (code: number | null | undefined): code is number =>
  typeof code === 'number' && code >= 1 && code <= 255

/**
 * Ends the client as the task ended.
 * @param handThrough - end with the exit code of the task's own program, where it has one that says so
 * @throws Failure with code 4, or the task's own, for a task that did not complete
 */
export const endWith = (task: TaskDetail, { handThrough }: { readonly handThrough: boolean }): void => {
  if (task.status === 'completed') return
  const own = task.result?.exit_code
  const why = task.error === null ? '' : `: ${task.error.message} (${task.error.code})`
  throw new Failure(
    handThrough && isExitCode(own) ? own : 4,
    `Task ${task.task_id} ${task.status === 'cancelled' ? 'was cancelled' : 'failed'}${why}`,
  )
}
