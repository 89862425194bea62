/** `retire-cluster tasks fetch`: the files that tasks have left. */
import type { Task } from '../../../../schemas/task.ts'
import { artifactsResource } from '../../../client/resources/artifacts.ts'
import { Failure, UsageError } from '../../failure.ts'
import { optional } from '../../options/flag.ts'
import { text } from '../../options/readers.ts'
import { command } from '../command.ts'
import { collection, countOf, filesOf, newestTasks, refusals, toldOf } from '../files/collecting.ts'
import type { Wanted } from '../files/fetching.ts'
import { interruptible } from '../interrupt.ts'
import { tellCauses, type Talk } from './batch.ts'
import { batchId, overwriteFlag } from './flags.ts'

/** The directory into which files are fetched. */
export const outFlag = optional(text('DIR'), 'Fetch the files that it leaves into this directory.')

/**
 * Fetches files that are there, and tells how many.
 * @throws Failure with code 4 where one could not be put into its place
 */
export const fetchInto = async (
  { api, output }: Talk,
  wanted: readonly Wanted[],
  { root, overwrite }: { readonly root: string; readonly overwrite: boolean },
): Promise<void> => {
  const fetched = collection({ artifacts: artifactsResource(api), root, overwrite })
  await interruptible((signal) => fetched.add(wanted, signal))
  tellCauses(output, refusals(fetched))
  const told = `Into ${root}: ${toldOf(fetched)}.`
  if (countOf(fetched, 'refused') > 0) throw new Failure(4, told)
  output.note(`${told}\n`)
}

/** The files of one task, by the names that it gave them. */
export const filesOfOne = (task: Task): readonly Wanted[] => filesOf(task, '')

/**
 * The files of a task that has completed: no other has left any.
 * @throws Failure with code 1 where it has not ended, and with 4 where it failed or was cancelled
 */
const filesLeftBy = (task: Task): readonly Wanted[] => {
  const { task_id, status } = task
  if (status === 'completed') return filesOfOne(task)
  if (status === 'pending' || status === 'running')
    throw new Failure(
      1,
      `${task_id} is ${status}: its files are there when it has completed. Wait for it: retire-cluster tasks wait ${task_id}.`,
    )
  throw new Failure(4, `${task_id} ${status === 'failed' ? 'has failed' : 'was cancelled'}, and left no files.`)
}

/** The command. */
export const fetch = command({
  name: 'fetch',
  summary: 'Fetch the files that a completed task, or the completed ones of a batch, have left.',
  args: [{ name: 'TASK_ID', description: 'The id of the task.', optional: true }],
  flags: {
    batch: optional(batchId, 'All tasks of this batch: each in a folder of its own, but for those of `run`.'),
    out: outFlag,
    overwrite: overwriteFlag,
  },
  examples: [
    'retire-cluster tasks fetch task-abc123 --out .',
    'retire-cluster tasks fetch --batch nightly --out results',
  ],
  run: async ({ api, output }, { batch, out: root, overwrite }, [task_id]) => {
    if ((task_id === undefined) === (batch === undefined))
      throw new UsageError('Name a task, or a batch by --batch. See --help.')
    if (root === undefined) throw new UsageError('Name the directory for the files by --out DIR.')
    const wanted =
      task_id === undefined
        ? [...(await newestTasks(api, batch ?? '', {})).values()].flatMap((task) => filesOf(task))
        : filesLeftBy((await api.call('getTask', { path: { task_id } })).task)
    await fetchInto({ api, output }, wanted, { root, overwrite })
  },
})
