/** A batch whose tasks leave files: followed to its end, its files fetched as they come. */
import type { Task } from '../../../../schemas/task.ts'
import type { Submission } from '../../../client/mapping.ts'
import { artifactsResource } from '../../../client/resources/artifacts.ts'
import { pause } from '../../../client/retrying.ts'
import { Failure } from '../../failure.ts'
import { WHOLE_PAGE } from '../paging.ts'
import { counted } from '../presentation.ts'
import {
  awaitEnd,
  type Stand,
  standAtFirst,
  submitTo,
  type Talk,
  tellCauses,
  tellName,
  withBatch,
} from '../tasks/batch.ts'
import { causes } from '../tasks/ends.ts'
import type { ProgressView } from '../tasks/progress.ts'
import { waitingTold } from '../tasks/waiting.ts'
import { type Collection, collection, countOf, filesOf, newestTasks, refusals, toldOf } from './collecting.ts'
import type { Fetching, Wanted } from './fetching.ts'
import { fileMetadataOf, withoutNames } from './plan.ts'

/** Where files go, and whether over others. */
export type Destination = Pick<Fetching, 'root' | 'overwrite'> & {
  /** Told of what tasks have left, before it is fetched. */
  readonly onLeft?: (left: readonly Wanted[]) => Promise<void>
}

/** How a batch ended, and what was fetched. */
export type FilesEnded = { readonly tasks: ReadonlyMap<string, Task>; readonly fetched: Collection }

/**
 * The tasks of a batch are listed again after so long for each page of a thousand: a third of the API's budget of reads at most
 * (1,000 in 15 minutes), however many tasks it has.
 */
const PAGE_MS = 3000

const followFiles = async (
  talk: Talk,
  stand: Stand,
  destination: Destination,
  { signal }: { readonly signal: AbortSignal },
  view: ProgressView,
): Promise<FilesEnded> => {
  const { api } = talk
  const fetched = collection({ ...destination, artifacts: artifactsResource(api) })
  const tellWaiting = waitingTold(api, stand, view)
  const collect = async () => {
    const tasks = await newestTasks(api, stand.batch_id, { signal })
    await tellWaiting(tasks.values(), { signal })
    const left = [...tasks.values()].flatMap((task) => filesOf(task))
    await destination.onLeft?.(left)
    await fetched.add(left, signal)
    return tasks
  }
  const over = new AbortController()
  const ended = awaitEnd(talk, stand, { signal: AbortSignal.any([signal, over.signal]) }, view).then(() => true)
  // It is told where it is waited for.
  ended.catch(() => undefined)
  try {
    for (;;) {
      const { size } = await collect()
      const rest = pause(PAGE_MS * Math.ceil((size + 1) / WHOLE_PAGE), AbortSignal.any([signal, over.signal]))
      if (await Promise.race([ended, rest.then(() => false)])) break
    }
    return { tasks: await collect(), fetched }
  } finally {
    over.abort()
  }
}

/** A batch to submit, whole or the rest of it. */
export type FileBatch = {
  readonly batch_id: string
  readonly submissions: readonly Submission[]
  /** The key of a request. */
  readonly keyOf: (tasks: readonly Submission[]) => string
}

/** Submits tasks, and fetches what they leave. Ctrl-C cancels what has not ended; a logout or a shutdown leaves it. */
export const runFileBatch = (
  talk: Talk,
  { batch_id, submissions, keyOf }: FileBatch,
  destination: Destination,
): Promise<FilesEnded> => {
  const stand = standAtFirst({ batch_id, total: submissions.length, ctrlC: 'cancels', out: destination.root })
  tellName(talk.output, batch_id)
  return withBatch(talk, stand, async (call, view) => {
    await submitTo(talk, stand, submissions, call, view, { keyOf })
    return followFiles(talk, stand, destination, call, view)
  })
}

/** Submits tasks, and leaves them. Ctrl-C before that cancels them. */
export const submitFileBatch = async (
  talk: Talk,
  { batch_id, submissions, keyOf }: FileBatch,
  destination: Destination,
): Promise<void> => {
  const stand = standAtFirst({ batch_id, total: submissions.length, ctrlC: 'cancels', out: destination.root })
  tellName(talk.output, batch_id)
  await withBatch(talk, stand, (call, view) => submitTo(talk, stand, submissions, call, view, { keyOf }))
}

/** Follows a batch that was submitted before, and fetches what its tasks leave. Ctrl-C leaves it. */
export const followFileBatch = (talk: Talk, batch_id: string, destination: Destination): Promise<FilesEnded> => {
  const stand = standAtFirst({ batch_id, total: 0, ctrlC: 'leaves', out: destination.root })
  return withBatch(talk, stand, (call, view) => followFiles(talk, stand, destination, call, view))
}

const inGeneral = (cause: string, task: Pick<Task, 'metadata'>): string => {
  const files = fileMetadataOf(task)
  return files === undefined ? cause : withoutNames(cause, files)
}

/**
 * Tells people what came of it, and why the rest did not.
 * @param again - what does the rest
 * @throws Failure with code 4 where something is missing
 */
export const concludeFiles = ({ output }: Talk, { tasks, fetched }: FilesEnded, again: string): void => {
  const all = [...tasks.values()]
  tellCauses(output, [...causes(all, inGeneral), ...refusals(fetched)])
  const completed = all.filter(({ status }) => status === 'completed').length
  const told = `${completed} of ${counted(all.length, 'task')} completed: ${toldOf(fetched)}.`
  if (completed === all.length && countOf(fetched, 'refused') === 0) return output.note(`${told}\n`)
  throw new Failure(4, `${told} Again what is missing: ${again}`)
}
