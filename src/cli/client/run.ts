/** `retire-cluster run`: a program over files, from folder to folder. */
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Requirements, Task } from '../../../schemas/task.ts'
import type { Submission } from '../../client/mapping.ts'
import { artifactsResource } from '../../client/resources/artifacts.ts'
import { devicesResource } from '../../client/resources/devices.ts'
import { UsageError } from '../failure.ts'
import { flag, optional } from '../options/flag.ts'
import { text, toggle } from '../options/readers.ts'
import { type Api, named } from './api.ts'
import { command as declareCommand } from './command.ts'
import { filesOf, newestTasks } from './files/collecting.ts'
import { concludeFiles, type Destination, runFileBatch, submitFileBatch } from './files/file-batch.ts'
import { isHere } from './files/fetching.ts'
import { findFiles } from './files/found.ts'
import { readAll, upload } from './files/inputs.ts'
import { refuseOverwriting } from './files/overwriting.ts'
import { batchOf, checkCommand, type Job, planned, submissionOf } from './files/plan.ts'
import { printRecord } from './output.ts'
import type { Talk } from './tasks/batch.ts'
import { overwriteFlag, requirementsFlag, submissionFlags, submissionOptions } from './tasks/flags.ts'

/** So many devices are asked what they have. */
const DEVICES_ASKED = 20

/**
 * What a device must have: the program, where one tells that it has it. Of one that none tells of nothing is asked: devices look
 * for some programs only, and one that lacks a program rejects the task and is not asked again.
 */
const requirementsOf = async (api: Api, program: string): Promise<Requirements> => {
  const devices = devicesResource(api)
  for (const { id } of (await devices.list({ status: 'online', limit: DEVICES_ASKED })).devices)
    if ((await devices.get(id)).detailed_info.capabilities.includes(program)) return { capabilities: [program] }
  return {}
}

/** What is there of a batch already, and what is still to be submitted. */
type Rest = {
  readonly jobs: readonly Job[]
  /** The tasks in whose place these are submitted. */
  readonly replaced: readonly Task[]
}

/** The files of which the cluster keeps no longer what came of them, and that are not here either. */
const lostOf = async (talk: Talk, known: ReadonlyMap<string, Task>, destination: Destination) => {
  const artifacts = artifactsResource(talk.api)
  const wanted = [...known.values()].flatMap((task) => filesOf(task))
  if (wanted.length === 0) return new Set<string>()
  const missing = new Set((await artifacts.missing(wanted.map(({ sha256 }) => sha256))).missing)
  const gone = wanted.filter(({ sha256 }) => missing.has(sha256))
  const lost = new Set<string>()
  for (const one of gone) if (!(await isHere(destination.root, one))) lost.add(one.name)
  return lost
}

const restOf = async (
  talk: Talk,
  jobs: readonly Job[],
  known: ReadonlyMap<string, Task>,
  destination: Destination,
): Promise<Rest> => {
  const lost = await lostOf(talk, known, destination)
  const rest = jobs.filter(({ out }) => {
    const status = known.get(out)?.status
    return status === undefined || status === 'failed' || status === 'cancelled' || lost.has(out)
  })
  return { jobs: rest, replaced: rest.flatMap(({ out }) => known.get(out) ?? []) }
}

/** The same request is taken in once, whoever sends it, and however often. */
const keyOf =
  (batch_id: string, replaced: readonly Task[]) =>
  (tasks: readonly Submission[]): string => {
    const content = JSON.stringify([tasks, replaced.map(({ task_id }) => task_id)])
    return `${batch_id}/${createHash('sha256').update(content).digest('hex')}`
  }

/** The command. */
export const command = declareCommand({
  name: 'run',
  summary: 'Run a program over files: upload what the cluster lacks, a task for each file, and fetch what comes of it.',
  args: [
    { name: 'FILE', description: 'Files, or quoted patterns; behind --, the program and its arguments.', many: true },
  ],
  flags: {
    out: optional(text('DIR'), 'The directory for what comes of the files.'),
    ext: optional(
      text('EXT', /^[\w-]{1,32}$/, 'an ending such as jpg'),
      'The ending of what comes of a file.',
      'its own',
    ),
    name: optional(text('TEMPLATE'), "The name of what comes of a file, such as '{stem}-small.{ext}'.", 'its own'),
    overwrite: overwriteFlag,
    detach: flag(toggle, 'Upload and submit, print the batch, and end; tasks attach fetches.', false),
    ...submissionFlags,
    requirements: requirementsFlag,
  },
  examples: [
    "retire-cluster run 'photos/*.heic' --ext jpg --out small -- magick {in} -resize 1600 {out}",
    `retire-cluster run texts/*.txt --out counts -- sh -c 'wc -w < "$0" > "$1"' {in} {out}`,
  ],
  run: async ({ api, output, environment, behind: argv }, { out: root, overwrite, ...values }, args) => {
    const files = args.slice(0, args.length - argv.length)
    checkCommand(argv)
    if (files.length === 0) throw new UsageError("Name the files, such as 'photos/*.jpg'. See --help.")
    if (root === undefined) throw new UsageError('Name the directory for what comes of the files by --out DIR.')
    if (values.ext !== undefined && values.name !== undefined)
      throw new UsageError('--ext and --name both name what comes of a file; keep one of the two.')
    const talk = { api, output }
    const destination = { root, overwrite }
    const plans = planned(await findFiles(files), named({ template: values.name, ext: values.ext }))
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await api.call('getHealth', {})
    const options = await submissionOptions(values)
    const requirements = options.requirements ?? (await requirementsOf(api, basename(argv[0] ?? '')))
    const all = await readAll(plans, environment)
    const batch_id = batchOf(all.map((job) => submissionOf(job, argv, options)))
    const known = await newestTasks(api, batch_id, {})
    const { jobs, replaced } = await restOf(talk, all, known, destination)
    await refuseOverwriting(
      jobs.map(({ out }) => join(root, out)),
      { overwrite, instead: '--out, --name or --ext names others' },
    )
    await upload(talk, jobs)
    const submissions = jobs.map((job) => submissionOf(job, argv, { ...options, requirements }))
    const batch = { batch_id, submissions, keyOf: keyOf(batch_id, replaced) }
    if (values.detach) {
      await submitFileBatch(talk, batch, destination)
      return printRecord(output, { batch_id, tasks: submissions.length })
    }
    concludeFiles(talk, await runFileBatch(talk, batch, destination), 'the same line')
  },
})
