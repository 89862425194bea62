/** The files that the tasks of a batch leave, fetched as the tasks complete. */
import type { Task } from '../../../../schemas/task.ts'
import type { Connection } from '../../../client/connection.ts'
import { tasksOfBatch } from '../../../client/mapping.ts'
import { counted } from '../presentation.ts'
import { eachAtOnce } from './at-once.ts'
import { type Fetched, fetchFile, type Fetching, type Wanted } from './fetching.ts'
import { fileMetadataOf } from './plan.ts'

/** So many at a time, as files are uploaded. */
const FETCHES_AT_ONCE = 4

/**
 * The newest task for each file of a batch: one that was submitted again stands for the one before. Tasks that were not
 * submitted by `run` stand for themselves.
 */
export const newestTasks = async (
  api: Connection,
  batch_id: string,
  call: { readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, Task>> => {
  const newest = new Map<string, Task>()
  for await (const task of tasksOfBatch(api, batch_id, call)) {
    const key = fileMetadataOf(task)?.out ?? task.task_id
    if (!newest.has(key)) newest.set(key, task)
  }
  return newest
}

/** The files that a completed task has left, and what they are to be called. @param folder - for those of a task that has no name of its own for them */
export const filesOf = (task: Task, folder = `${task.task_id}/`): readonly Wanted[] => {
  const artifacts = task.status === 'completed' ? (task.result?.artifacts ?? []) : []
  const out = fileMetadataOf(task)?.out
  if (out !== undefined && artifacts.length === 1) return artifacts.map(({ sha256 }) => ({ name: out, sha256 }))
  return artifacts.map(({ name, sha256 }) => ({ name: `${folder}${name}`, sha256 }))
}

/** What was fetched so far. */
export type Collection = {
  /** What became of each file, by its name. */
  readonly files: ReadonlyMap<string, Fetched>
  /** Fetches what has been left since. */
  readonly add: (wanted: Iterable<Wanted>, signal: AbortSignal) => Promise<void>
}

/** Begins with nothing. @param onFetched - told of how many are there, after each */
export const collection = (how: Fetching, onFetched: (count: number) => void = () => undefined): Collection => {
  const files = new Map<string, Fetched>()
  return {
    files,
    add: async (wanted, signal) => {
      const fresh = [...wanted].filter(({ name }) => !files.has(name))
      await eachAtOnce(fresh, FETCHES_AT_ONCE, async (one) => {
        files.set(one.name, await fetchFile(how, one, signal))
        onFetched(files.size)
      })
    },
  }
}

/** Files that could not be put where they belong, by the cause: `3 × it is no longer kept`. */
export const refusals = ({ files }: Collection): readonly string[] => {
  const counts = new Map<string, number>()
  for (const fetched of files.values())
    if (fetched.outcome === 'refused') counts.set(fetched.why, (counts.get(fetched.why) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one).map(([why, count]) => `${count} × not written: ${why}`)
}

/** How many ended so. */
export const countOf = ({ files }: Collection, outcome: Fetched['outcome']): number =>
  [...files.values()].filter((fetched) => fetched.outcome === outcome).length

/** What was fetched, within a sentence. */
export const toldOf = (fetched: Collection): string => {
  const [written, refused] = [countOf(fetched, 'written'), countOf(fetched, 'refused')]
  const files = `${counted(written, 'file')} written, ${countOf(fetched, 'there')} there already`
  return refused === 0 ? files : `${files}, ${refused} not written`
}
