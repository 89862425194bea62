/** `retire-cluster run`: a program over files, from folder to folder. */
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import type { Requirements, Task } from '../../../schemas/task.ts'
import type { Submission } from '../../client/mapping.ts'
import { devicesResource } from '../../client/resources/devices.ts'
import { UsageError } from '../failure.ts'
import { flag, optional } from '../options/flag.ts'
import { text, toggle } from '../options/readers.ts'
import { type Api, named } from './api.ts'
import { command as declareCommand } from './command.ts'
import { newestTasks } from './files/collecting.ts'
import { openEarlierResults } from './files/earlier-results.ts'
import type { Wanted } from './files/fetching.ts'
import { concludeFiles, runFileBatch, submitFileBatch } from './files/file-batch.ts'
import { findFiles } from './files/found.ts'
import { readAll, upload } from './files/inputs.ts'
import { refuseOverwriting } from './files/overwriting.ts'
import { batchOf, checkCommand, planned, submissionOf, workOf } from './files/plan.ts'
import { restOf } from './files/rest.ts'
import { printRecord } from './output.ts'
import { counted } from './presentation.ts'
import { overwriteFlag, placementFlags, submissionFlags, submissionOptions } from './tasks/flags.ts'

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
    ...placementFlags,
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
    const plans = planned(await findFiles(files), named({ template: values.name, ext: values.ext }))
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await api.call('getHealth', {})
    const options = await submissionOptions(values)
    const requirements = options.requirements ?? (await requirementsOf(api, basename(argv[0] ?? '')))
    const all = (await readAll(plans, environment)).map((job) => {
      const submission = submissionOf(job, argv, options)
      return { ...job, submission, work: workOf(submission) }
    })
    const batch_id = batchOf(all.map(({ submission }) => submission))
    const known = await newestTasks(api, batch_id, {})
    const results = await openEarlierResults(environment)
    const { jobs, replaced, doneBefore } = await restOf(talk, all, { tasks: known, results, root, environment })
    if (doneBefore > 0)
      output.note(
        `${doneBefore} of ${counted(all.length, 'file')} ${doneBefore === 1 ? 'is done: what came of it' : 'are done: what came of them'} is there as the same command left it.\n`,
      )
    // Of a batch without a task the API knows nothing.
    if (jobs.length === 0 && known.size === 0) return
    await refuseOverwriting(
      jobs.map(({ out }) => join(root, out)),
      { overwrite, instead: '--out, --name or --ext names others' },
    )
    const works = new Map(all.map(({ out, work }) => [out, work]))
    const onLeft = (left: readonly Wanted[]) =>
      results.note(
        left.flatMap(({ name, sha256 }) => {
          const work = works.get(name)
          return work === undefined ? [] : [{ path: resolve(root, name), work, sha256 }]
        }),
      )
    const destination = { root, overwrite, onLeft }
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
