/** Waiting for the end of a task, and what its end means for the exit code. */
import type { TaskDetail } from '../../../schemas/task.ts'
import { waitFor } from '../../client/waiting.ts'
import { Failure } from '../failure.ts'
import type { Api } from './api.ts'

/** Whether a task has ended for good. */
export const isFinal = ({ status }: Pick<TaskDetail, 'status'>): boolean => status !== 'pending' && status !== 'running'

/** One task as it is now. */
export const readTask = async (api: Api, task_id: string): Promise<TaskDetail> =>
  (await api.call('getTask', { path: { task_id } })).task

/**
 * Resolves with the task when it is final, however long that takes, though the server is started again meanwhile.
 * @throws the reason of `signal`, as soon as it is aborted
 */
export const awaitTask = (api: Api, task_id: string, signal?: AbortSignal): Promise<TaskDetail> =>
  waitFor(signal === undefined ? {} : { signal }, async (wait, call) => {
    const asked = { path: { task_id }, query: { wait }, waitSeconds: wait, call, persistent: true } as const
    const { task } = await api.call('getTask', asked)
    return isFinal(task) ? task : undefined
  })

/** What is said of a task whose client goes away before its end. */
export const leftBehind = (task_id: string): string =>
  `Left: task ${task_id} goes on. To wait for it: retire-cluster tasks wait ${task_id}; to cancel it: retire-cluster tasks cancel ${task_id}`

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
