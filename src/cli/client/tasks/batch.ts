/** Following a batch to its end, and what is printed of it. */
import type { BatchProgress } from '../../../../schemas/batch.ts'
import type { Task } from '../../../../schemas/task.ts'
import type { CallOptions, Connection } from '../../../client/connection.ts'
import { isApiError } from '../../../client/errors.ts'
import {
  awaitBatch,
  cancelBatch,
  endsOf,
  type Submission,
  submitAll,
  type Submitting,
  tasksOfBatch,
} from '../../../client/mapping.ts'
import { Unsettled } from '../../../client/settling.ts'
import { Failure } from '../../failure.ts'
import { harmlessJson } from '../../harmless.ts'
import { forShell } from '../../device/service/quoted.ts'
import type { Context } from '../command.ts'
import { whyNotTold } from '../failures.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import type { Output } from '../output.ts'
import { counted } from '../presentation.ts'
import { Remarked } from '../remarked.ts'
import { causes } from './ends.ts'
import { progressView, type ProgressView } from './progress.ts'
import { type CtrlC, tellingWaiting } from './waiting.ts'

/** More causes than this are no summary. */
const MOST_CAUSES = 10

/** What a batch is followed by. */
export type Talk = Pick<Context, 'api' | 'output'>

const following = ({ batch_id, out }: Pick<Stand, 'batch_id' | 'out'>): string =>
  `retire-cluster tasks attach ${batch_id}${out === undefined ? '' : ` --out ${forShell(out)}`}`
const cancelling = (batch_id: string): string => `retire-cluster tasks cancel --batch ${batch_id}`

/** Where a batch is when something ends the client. */
export type Stand = {
  readonly batch_id: string
  /** The directory into which its files come; undefined where none do. */
  readonly out: string | undefined
  /** How many tasks are to be submitted; 0 where others have submitted it. */
  readonly total: number
  /** What Ctrl-C does with it. */
  readonly ctrlC: CtrlC
  /** How many of these are known to be taken in. */
  takenIn: number
  /** How many of its tasks wait, when that was heard last. */
  pending: number
  /** How many have ended, likewise. */
  ended: number
  /** Whether some of its tasks run. */
  isUnderWay: boolean
  hasEnded: boolean
}

const cancellation = (stand: Stand, count: number): string =>
  count === 0
    ? `Interrupted: the API has no task of batch ${stand.batch_id} to cancel.`
    : `Interrupted: the ${counted(count, 'task')} of batch ${stand.batch_id} that had not ended ${count === 1 ? 'is' : 'are'} cancelled. What ended: ${following(stand)}`

/** @param last - how the last request ended */
const cancelled = async ({ api }: Talk, stand: Stand, exitCode: number, last: unknown): Promise<Failure> => {
  const { batch_id } = stand
  try {
    const told = cancellation(stand, await cancelBatch(api, batch_id))
    const doubt = `The last submission was not answered, and may be taken in still; later: ${cancelling(batch_id)}`
    return new Failure(exitCode, last instanceof Unsettled ? `${told} ${doubt}` : told)
  } catch (error) {
    return new Failure(
      exitCode,
      `Interrupted, but the API could not be told to cancel: ${whyNotTold(error)}. What it took in goes on; later: ${cancelling(batch_id)}`,
      { cause: error },
    )
  }
}

const left = (stand: Stand, exitCode: number): Failure => {
  const { batch_id, total, takenIn } = stand
  const what =
    takenIn < total
      ? `Left while submitting: at least ${takenIn} of ${counted(total, 'task')} of batch ${batch_id} ${takenIn === 1 ? 'is taken in, and goes' : 'are taken in, and go'} on.`
      : `Left: batch ${batch_id} goes on.`
  return new Failure(exitCode, `${what} To follow it: ${following(stand)}; to cancel it: ${cancelling(batch_id)}`)
}

/** What an interruption means: only Ctrl-C of who submitted it cancels a batch; who watches, logs out or shuts down leaves it. */
const interrupted = async (
  talk: Talk,
  stand: Stand,
  { signal, exitCode }: Interrupted,
  last: unknown,
): Promise<Failure> => {
  if (stand.hasEnded)
    return new Failure(
      exitCode,
      `Interrupted: batch ${stand.batch_id} has ended; read its results by ${following(stand)}`,
    )
  return signal === 'SIGINT' && stand.ctrlC === 'cancels'
    ? cancelled(talk, stand, exitCode, last)
    : left(stand, exitCode)
}

/** Whatever fails when tasks are taken in already tells how to go on with them. */
const remarked = (error: unknown, stand: Stand): unknown =>
  stand.total > 0 && stand.takenIn === 0
    ? error
    : new Remarked(`What was taken in goes on; to follow it: ${following(stand)}`, error)

/** Of a batch of which nothing is known yet. */
export const standAtFirst = (of: Pick<Stand, 'batch_id' | 'total' | 'ctrlC' | 'out'>): Stand => ({
  ...of,
  takenIn: 0,
  pending: 0,
  ended: 0,
  isUnderWay: false,
  hasEnded: false,
})

/** Before anything is taken in: whatever ends the client from here on, its user has the name. */
export const tellName = ({ note }: Output, batch_id: string): void => note(`Batch ${batch_id}\n`)

/** Says at once that a signal came: what follows may take a while. */
const tellInterruption = ({ note }: Output, { batch_id, ctrlC, hasEnded }: Stand, { signal }: Interrupted): void => {
  if (signal === 'SIGINT' && ctrlC === 'cancels' && !hasEnded) note(`Interrupted; cancelling batch ${batch_id}…\n`)
}

/** Does something with a batch until it is done, it fails or a signal comes; what then is with the batch, the error tells. */
export const withBatch = async <T>(
  talk: Talk,
  stand: Stand,
  work: (call: { readonly signal: AbortSignal }, view: ProgressView) => Promise<T>,
): Promise<T> => {
  const view = progressView()
  try {
    return await interruptible(async (signal) => {
      const interrupt = () => {
        view.end()
        if (signal.reason instanceof Interrupted) tellInterruption(talk.output, stand, signal.reason)
      }
      signal.addEventListener('abort', interrupt, { once: true })
      try {
        return await work({ signal }, view)
      } catch (error) {
        view.end()
        if (signal.reason instanceof Interrupted) throw await interrupted(talk, stand, signal.reason, error)
        throw remarked(error, stand)
      }
    })
  } finally {
    view.end()
  }
}

/** Which task of its request the sentence of the API is about, counted from 0; undefined where it is about none. */
const meantBy = (error: unknown): number | undefined => {
  if (!isApiError(error)) return undefined
  const { path, issues } = error.details
  const index = /^\/tasks\/(?<index>\d+)(?:\/|$)/.exec(path ?? issues?.[0]?.path ?? '')?.groups?.index
  return index === undefined ? undefined : Number(index)
}

/** Submits tasks to a batch. @returns their ids */
export const submitTo = async (
  { api }: Talk,
  stand: Stand,
  submissions: readonly Submission[],
  call: { readonly signal: AbortSignal },
  view: ProgressView,
  keys: Pick<Submitting, 'keyOf'> = {},
): Promise<readonly string[]> => {
  const { batch_id, total } = stand
  view.say(`submitting ${counted(total, 'task')}`)
  const onTakenIn = (count: number) => {
    stand.takenIn = count
    view.say(`${count} of ${counted(total, 'task')} submitted`)
  }
  const task_ids = await submitAll(api, submissions, { batch_id, call, onTakenIn, ...keys }).catch((error: unknown) => {
    const index = meantBy(error)
    throw index === undefined || total === 1
      ? error
      : new Remarked(`It is task ${stand.takenIn + index + 1} of ${total}.`, error)
  })
  // The answer to the last request was waited for, though a signal came.
  call.signal.throwIfAborted()
  return task_ids
}

const standOf = (batch_id: string, { length: total }: readonly Submission[]): Stand =>
  standAtFirst({ batch_id, total, ctrlC: 'cancels', out: undefined })

/** Submits tasks to a batch, and leaves it. Ctrl-C before that cancels it. @returns how many are taken in */
export const submitDetached = async (
  talk: Talk,
  batch_id: string,
  submissions: readonly Submission[],
): Promise<number> => {
  const stand = standOf(batch_id, submissions)
  tellName(talk.output, batch_id)
  const task_ids = await withBatch(talk, stand, (call, view) => submitTo(talk, stand, submissions, call, view))
  return task_ids.length
}

/** All tasks of a batch, in the order in which they were taken in: the API lists the newest first. */
const allOf = async (api: Connection, batch_id: string, call: CallOptions): Promise<readonly Task[]> => {
  const tasks: Task[] = []
  for await (const task of tasksOfBatch(api, batch_id, call)) tasks.push(task)
  return tasks.reverse()
}

/** Waits for the end of a batch, and shows how far it is. */
export const awaitEnd = async ({ api }: Talk, stand: Stand, call: CallOptions, view: ProgressView): Promise<void> => {
  const onProgress = (progress: BatchProgress) => {
    const { pending, running, completed, failed, cancelled } = progress
    const ended = completed + failed + cancelled
    // Of short tasks none is ever seen running; that more have ended tells as much.
    stand.isUnderWay = running > 0 || ended > stand.ended
    stand.pending = pending
    stand.ended = ended
    view.show(progress)
  }
  await awaitBatch(api, stand.batch_id, { onProgress, call })
  stand.hasEnded = true
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
  const stand = standOf(batch_id, submissions)
  tellName(talk.output, batch_id)
  return withBatch(talk, stand, async (call, view) => {
    const task_ids = await submitTo(talk, stand, submissions, call, view)
    await tellingWaiting(talk.api, stand, view, call, () => awaitEnd(talk, stand, call, view))
    // A batch of that name may have had tasks before: of who submits, his own are the result.
    return endsOf(talk.api, batch_id, task_ids, call)
  })
}

/**
 * Follows a batch that others have submitted to its end. Ctrl-C leaves it.
 * @returns the tasks as they ended, in the order in which they were taken in
 */
export const followBatch = (talk: Talk, batch_id: string): Promise<readonly Task[]> => {
  const stand = standAtFirst({ batch_id, total: 0, ctrlC: 'leaves', out: undefined })
  return withBatch(talk, stand, async (call, view) => {
    await tellingWaiting(talk.api, stand, view, call, () => awaitEnd(talk, stand, call, view))
    return allOf(talk.api, batch_id, call)
  })
}

const tally = (tasks: readonly Task[], status: BatchStatus): number =>
  tasks.filter((task) => task.status === status).length
type BatchStatus = keyof Pick<BatchProgress, 'completed' | 'failed' | 'cancelled'>

/** Tells people the causes of failures, the most frequent first. */
export const tellCauses = ({ note }: Output, all: readonly string[]): void => {
  for (const cause of all.slice(0, MOST_CAUSES)) note(`${cause}\n`)
  if (all.length > MOST_CAUSES) note(`and ${counted(all.length - MOST_CAUSES, 'more cause')}\n`)
}

/**
 * Tells people how a batch ended, with the causes of its failures.
 * @throws Failure with code 4 where not all tasks completed
 */
export const concludeBatch = (output: Output, batch_id: string, tasks: readonly Task[]): void => {
  const [completed, failed, other] = [tally(tasks, 'completed'), tally(tasks, 'failed'), tally(tasks, 'cancelled')]
  tellCauses(output, causes(tasks))
  if (completed === tasks.length) return output.note(`${completed} of ${tasks.length} completed.\n`)
  throw new Failure(
    4,
    `Of the ${counted(tasks.length, 'task')} of batch ${batch_id}, ${completed} completed, ${failed} failed and ${other} ${other === 1 ? 'was' : 'were'} cancelled. Again what did not complete: retire-cluster tasks retry --batch ${batch_id}`,
  )
}

/** Prints how the tasks ended: a JSON line each, in their order; or their ids. */
export const printEnds = async (output: Output, tasks: readonly Task[]): Promise<void> => {
  for (const task of tasks) await output.write(`${output.quiet ? task.task_id : harmlessJson(task)}\n`)
}
