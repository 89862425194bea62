/** Following a batch to its end, and what is printed of it. */
import type { BatchProgress } from '../../../../schemas/batch.ts'
import type { Task } from '../../../../schemas/task.ts'
import type { CallOptions, Connection } from '../../../client/connection.ts'
import { ConnectionError, isApiError } from '../../../client/errors.ts'
import { awaitBatch, cancelBatch, endsOf, type Submission, submitAll, tasksOfBatch } from '../../../client/mapping.ts'
import { Failure } from '../../failure.ts'
import { harmlessJson } from '../../harmless.ts'
import type { Context } from '../command.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import type { Output } from '../output.ts'
import { reasonOf } from '../reasons.ts'
import { Remarked } from '../remarked.ts'
import { causes } from './ends.ts'
import { progressView } from './progress.ts'

/** More causes than this are no summary. */
const MOST_CAUSES = 10

type Talk = Pick<Context, 'api' | 'output'>

const following = (batch_id: string): string => `retire-cluster tasks attach ${batch_id}`
const cancelling = (batch_id: string): string => `retire-cluster tasks cancel --batch ${batch_id}`

/** Where a batch is when something ends the client. */
type Stand = {
  readonly batch_id: string
  /** How many tasks are to be submitted; 0 where others have submitted it. */
  readonly total: number
  /** How many of these are known to be taken in. */
  takenIn: number
  hasEnded: boolean
}

const whyNotTold = (error: unknown): string => {
  if (isApiError(error)) return error.message.replace(/\.$/, '')
  return reasonOf(error instanceof ConnectionError ? (error.cause ?? error) : error)
}

const cancelled = async ({ api, output }: Talk, { batch_id }: Stand, exitCode: number): Promise<Failure> => {
  output.note(`Interrupted; cancelling batch ${batch_id}…\n`)
  try {
    const count = await cancelBatch(api, batch_id)
    return new Failure(
      exitCode,
      count === 0
        ? `Interrupted: the API has no task of batch ${batch_id} to cancel.`
        : `Interrupted: the ${count} tasks of batch ${batch_id} that had not ended are cancelled. What ended: ${following(batch_id)}`,
    )
  } catch (error) {
    return new Failure(
      exitCode,
      `Interrupted, but the API could not be told to cancel: ${whyNotTold(error)}. What it took in goes on; later: ${cancelling(batch_id)}`,
      { cause: error },
    )
  }
}

const left = ({ batch_id, total, takenIn }: Stand, exitCode: number): Failure => {
  const what =
    takenIn < total
      ? `Left while submitting: at least ${takenIn} of ${total} tasks of batch ${batch_id} are taken in, and go on.`
      : `Left: batch ${batch_id} goes on.`
  return new Failure(exitCode, `${what} To follow it: ${following(batch_id)}; to cancel it: ${cancelling(batch_id)}`)
}

/** What an interruption means: only Ctrl-C of who submitted it cancels a batch; who watches, logs out or shuts down leaves it. */
const interrupted = async (
  talk: Talk,
  stand: Stand,
  { signal, exitCode }: Interrupted,
  ctrlC: 'cancels' | 'leaves',
): Promise<Failure> => {
  if (stand.hasEnded)
    return new Failure(
      exitCode,
      `Interrupted: batch ${stand.batch_id} has ended; read its results by ${following(stand.batch_id)}`,
    )
  return signal === 'SIGINT' && ctrlC === 'cancels' ? cancelled(talk, stand, exitCode) : left(stand, exitCode)
}

/** Whatever fails when tasks are taken in already tells how to go on with them. */
const remarked = (error: unknown, { batch_id, total, takenIn }: Stand): unknown =>
  total > 0 && takenIn === 0
    ? error
    : new Remarked(`What was taken in goes on; to follow it: ${following(batch_id)}`, error)

const standAtFirst = (batch_id: string, total: number): Stand => ({ batch_id, total, takenIn: 0, hasEnded: false })

// Before anything is taken in: whatever ends the client from here on, its user has the name.
const tellName = ({ note }: Output, batch_id: string): void => note(`Batch ${batch_id}\n`)

/** Submits tasks to a batch, and leaves it. @returns how many are taken in */
export const submitDetached = async (
  { api, output }: Talk,
  batch_id: string,
  submissions: readonly Submission[],
): Promise<number> => {
  const stand = standAtFirst(batch_id, submissions.length)
  tellName(output, batch_id)
  try {
    return (await submitAll(api, submissions, { batch_id, onTakenIn: (count) => (stand.takenIn = count) })).length
  } catch (error) {
    throw remarked(error, stand)
  }
}

/** All tasks of a batch, in the order in which they were taken in: the API lists the newest first. */
const allOf = async (api: Connection, batch_id: string, call: CallOptions): Promise<readonly Task[]> => {
  const tasks: Task[] = []
  for await (const task of tasksOfBatch(api, batch_id, call)) tasks.push(task)
  return tasks.reverse()
}

const follow = async (
  talk: Talk,
  stand: Stand,
  ctrlC: 'cancels' | 'leaves',
  submissions: readonly Submission[],
): Promise<readonly Task[]> => {
  const { api } = talk
  const { batch_id, total } = stand
  const view = progressView()
  const onTakenIn = (count: number) => {
    stand.takenIn = count
    view.say(`${count} of ${total} tasks submitted`)
  }
  try {
    return await interruptible(async (signal) => {
      const call = { signal }
      try {
        if (total > 0) view.say(`submitting ${total} tasks`)
        const task_ids = await submitAll(api, submissions, { batch_id, call, onTakenIn })
        await awaitBatch(api, batch_id, { onProgress: view.show, call })
        stand.hasEnded = true
        // A batch of that name may have had tasks before: of who submits, his own are the result.
        return total > 0 ? await endsOf(api, batch_id, task_ids, call) : await allOf(api, batch_id, call)
      } catch (error) {
        view.end()
        if (signal.reason instanceof Interrupted) throw await interrupted(talk, stand, signal.reason, ctrlC)
        throw remarked(error, stand)
      }
    })
  } finally {
    view.end()
  }
}

/**
 * Submits tasks to a batch, and follows it to its end. Ctrl-C cancels what of it has not ended; a logout or a shutdown leaves it.
 * @returns the tasks as they ended, in the order of the submissions
 */
export const runBatch = (
  talk: Talk,
  batch_id: string,
  submissions: readonly Submission[],
): Promise<readonly Task[]> => {
  tellName(talk.output, batch_id)
  return follow(talk, standAtFirst(batch_id, submissions.length), 'cancels', submissions)
}

/**
 * Follows a batch that others have submitted to its end. Ctrl-C leaves it.
 * @returns the tasks as they ended, in the order in which they were taken in
 */
export const followBatch = (talk: Talk, batch_id: string): Promise<readonly Task[]> =>
  follow(talk, standAtFirst(batch_id, 0), 'leaves', [])

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
