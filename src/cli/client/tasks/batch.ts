/** Following a batch to its end, and what is printed of it. */
import type { BatchProgress } from '../../../../schemas/batch.ts'
import type { Task } from '../../../../schemas/task.ts'
import { awaitBatch, cancelBatch, tasksOfBatch } from '../../../client/mapping.ts'
import { Failure } from '../../failure.ts'
import { harmlessJson } from '../../harmless.ts'
import type { Api } from '../api.ts'
import { interruptible } from '../interrupt.ts'
import type { Output } from '../output.ts'
import { causes } from './ends.ts'
import { progressView, type ProgressView } from './progress.ts'

/** More causes than this are no summary. */
const MOST_CAUSES = 10

/** As a shell has it for a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130

/** Ctrl-C before the batch has ended. */
const cancelled = async (api: Api, batch_id: string): Promise<Failure> => {
  const count = await cancelBatch(api, batch_id)
  return new Failure(
    INTERRUPTED,
    `Interrupted: the ${count} tasks of batch ${batch_id} that had not ended are cancelled. What ended: retire-cluster tasks attach ${batch_id}`,
  )
}

/**
 * Does `work`, then follows the batch to its end. Ctrl-C cancels what of it has not ended.
 * @param work - what comes before, such as submitting; gets a signal that Ctrl-C aborts
 * @returns the tasks as they ended, in the order in which they were taken in
 */
export const followBatch = async (
  api: Api,
  batch_id: string,
  work: (signal: AbortSignal, view: ProgressView) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly Task[]> => {
  const view = progressView()
  try {
    return await interruptible(async (signal) => {
      try {
        await work(signal, view)
        await awaitBatch(api, batch_id, { onProgress: view.show, call: { signal } })
      } catch (error) {
        if (!signal.aborted) throw error
        view.end()
        throw await cancelled(api, batch_id)
      }
      // Newest first as the API lists them; the order in which they were taken in is that of the payloads.
      const tasks: Task[] = []
      for await (const task of tasksOfBatch(api, batch_id, { signal })) tasks.push(task)
      return tasks.reverse()
    })
  } finally {
    view.end()
  }
}

const tally = (tasks: readonly Task[], status: BatchStatus): number =>
  tasks.filter((task) => task.status === status).length
type BatchStatus = keyof Pick<BatchProgress, 'completed' | 'failed' | 'cancelled'>

/**
 * Tells people how a batch ended, with the causes of its failures.
 * @throws Failure with code 4 where not all tasks completed
 */
export const concludeBatch = ({ note }: Output, batch_id: string, tasks: readonly Task[]): void => {
  const [completed, failed, other] = [tally(tasks, 'completed'), tally(tasks, 'failed'), tally(tasks, 'cancelled')]
  const all = causes(tasks)
  for (const cause of all.slice(0, MOST_CAUSES)) note(`${cause}\n`)
  if (all.length > MOST_CAUSES) note(`and ${all.length - MOST_CAUSES} more causes\n`)
  if (completed === tasks.length) return note(`${completed} of ${tasks.length} completed.\n`)
  throw new Failure(
    4,
    `Of the ${tasks.length} tasks of batch ${batch_id}, ${completed} completed, ${failed} failed and ${other} were cancelled. Again what did not complete: retire-cluster tasks retry --batch ${batch_id}`,
  )
}

/** Prints how the tasks ended: a JSON line each, in their order; or their ids. */
export const printEnds = async (output: Output, tasks: readonly Task[]): Promise<void> => {
  for (const task of tasks) await output.write(`${output.quiet ? task.task_id : harmlessJson(task)}\n`)
}
