/** What of a run over files is done already, and what is still to be done. */
import { resolve } from 'node:path'
import type { Task } from '../../../../schemas/task.ts'
import { artifactsResource } from '../../../client/resources/artifacts.ts'
import type { Environment } from '../../options/flag.ts'
import type { Talk } from '../tasks/batch.ts'
import { filesOf } from './collecting.ts'
import type { EarlierResults } from './earlier-results.ts'
import { isHere } from './fetching.ts'
import { isFile } from './found.ts'
import { readAll } from './inputs.ts'

/** What comes of a file, and by which work. */
type FileWork = { readonly out: string; readonly work: string }

/** What is known of a run before it goes on. */
export type SoFar = {
  /** The tasks of its batch, by what comes of them. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly results: EarlierResults
  /** The directory for what comes of the files. */
  readonly root: string
  readonly environment: Environment
}

/** What is left of a run. */
export type Rest<J extends FileWork> = {
  /** What is to be submitted. */
  readonly jobs: readonly J[]
  /** The tasks in whose place these are submitted. */
  readonly replaced: readonly Task[]
  /** Of so many files an earlier run, another batch, has left what this one would. */
  readonly doneBefore: number
}

/** The files of which the cluster keeps no longer what came of them, and that are not here either. */
const lostOf = async ({ api }: Talk, { tasks, root }: SoFar): Promise<ReadonlySet<string>> => {
  const wanted = [...tasks.values()].flatMap((task) => filesOf(task))
  if (wanted.length === 0) return new Set()
  const missing = new Set((await artifactsResource(api).missing(wanted.map(({ sha256 }) => sha256))).missing)
  const gone = wanted.filter(({ sha256 }) => missing.has(sha256))
  const lost = new Set<string>()
  for (const one of gone) if (!(await isHere(root, one))) lost.add(one.name)
  return lost
}

/** The files that are here as the same work has left them. */
const doneBeforeOf = async (
  jobs: readonly FileWork[],
  { results, root, environment }: SoFar,
): Promise<ReadonlySet<string>> => {
  const there: { readonly out: string; readonly path: string; readonly left: string }[] = []
  for (const { out, work } of jobs) {
    const path = resolve(root, out)
    const left = results.find(path, work)
    if (left !== undefined && (await isFile(path))) there.push({ out, path, left })
  }
  const read = await readAll(there, environment)
  return new Set(read.filter(({ sha256, left }) => sha256 === left).map(({ out }) => out))
}

/** Tells what of a run is still to be done: what failed, what was cancelled and what is lost too. */
export const restOf = async <J extends FileWork>(talk: Talk, all: readonly J[], soFar: SoFar): Promise<Rest<J>> => {
  const lost = await lostOf(talk, soFar)
  const open = all.filter(({ out }) => {
    const status = soFar.tasks.get(out)?.status
    return status === undefined || status === 'failed' || status === 'cancelled' || lost.has(out)
  })
  const done = await doneBeforeOf(open, soFar)
  const jobs = open.filter(({ out }) => !done.has(out))
  return { jobs, replaced: jobs.flatMap(({ out }) => soFar.tasks.get(out) ?? []), doneBefore: done.size }
}
