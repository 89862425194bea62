/** Whether the task types of the owner's own can be offered. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { failure, type Finding, ok } from '../../../worker/checkup/finding.ts'
import { readSource, typesOf } from '../../../worker/custom-types/read.ts'
import { WorkerError } from '../../../worker/errors.ts'
import type { Log } from '../../../worker/log.ts'

/**
 * Reads the file of `--tasks` as a worker does at its start: its code runs in a process of its own, in a directory that is removed.
 * @param file - undefined where there is none
 * @param workerFile - the file of the worker's program
 */
export const checkTaskTypes = async (
  file: string | undefined,
  { workerFile, log }: { readonly workerFile: string; readonly log: Log },
): Promise<readonly Finding[]> => {
  if (file === undefined) return []
  const path = resolve(file)
  const workDirectory = await mkdtemp(join(tmpdir(), 'retire-cluster-doctor-'))
  try {
    const { types } = await typesOf(await readSource(path), { workDirectory, workerFile, log })
    return [ok('task_types', `${path} offers ${types.map(({ task_type }) => task_type).join(', ') || 'nothing'}.`)]
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error
    return [failure('task_types', error.message, 'Mend the file, or leave out --tasks: a worker does not start so.')]
  } finally {
    await rm(workDirectory, { recursive: true, force: true })
  }
}
