/** What is to be done with files: a task for each, and the file that it leaves. */
import { createHash } from 'node:crypto'
import type { Task } from '../../../../schemas/task.ts'
import { UsageError } from '../../failure.ts'
import type { Submission } from '../../../client/mapping.ts'
import type { Found } from './found.ts'
import type { Hashed } from './hashing.ts'
import { asArgument, directoryOf, fill, isFileName, lastPart, partsOf } from './names.ts'

/** A file, and what comes of it. */
export type Planned = Found & {
  /** What comes of it is called so below `--out`. */
  readonly out: string
}

/** A file whose content is known, and what comes of it. */
export type Job = Planned & Hashed

/** What a task's metadata tells of the files: whoever fetches them needs no more. */
export type FileMetadata = { readonly file: string; readonly out: string }

/** What a task's metadata tells of its file; undefined where `run` did not submit it. */
export const fileMetadataOf = ({ metadata }: Pick<Task, 'metadata'>): FileMetadata | undefined => {
  const { file, out } = metadata
  return file === undefined || out === undefined ? undefined : { file, out }
}

/**
 * Where a task finds its file: in a directory of its own, so that the file that it leaves may have the same name. Programs see
 * the name that the file has: some print it, some go by its ending.
 */
const INPUT_DIRECTORY = 'in'

/** A pair of the metadata is as long as this at most (CONTRACT.md §3). */
const LONGEST_NAME = 256

const refuse = (name: string): never => {
  throw new UsageError(
    `${JSON.stringify(name)} cannot be the name of a file of a task: a relative path of up to 255 characters, without control characters and backslashes. Rename it, or name what comes of it by --name.`,
  )
}

const checked = (name: string): string =>
  isFileName(name) && isFileName(`${INPUT_DIRECTORY}/${lastPart(name)}`) && name.length <= LONGEST_NAME
    ? name
    : refuse(name)

/** What a file becomes, by `--name` or `--ext`; without either it keeps its name. */
const outOf = (name: string, { template, ext }: { readonly template?: string; readonly ext?: string }): string => {
  const parts = partsOf(name)
  if (template !== undefined) return `${directoryOf(name)}${fill(template, parts)}`
  return `${directoryOf(name)}${ext === undefined ? parts.name : `${parts.stem}.${ext}`}`
}

/**
 * Names what comes of each file.
 * @throws UsageError for a name that a task cannot have, and where the same would come of two
 */
export const planned = (
  files: readonly Found[],
  how: { readonly template?: string; readonly ext?: string },
): readonly Planned[] => {
  const byOut = new Map<string, Found>()
  return files.map((file) => {
    const out = checked(outOf(checked(file.name), how))
    // Some file systems tell no capitals from small letters.
    const same = byOut.get(out.toLowerCase())
    if (same !== undefined)
      throw new UsageError(
        `${same.path} and ${file.path} would both become ${out}; name what comes of them by --name, such as --name '{stem}-{ext}', or quote a pattern so that folders are kept: 'photos/**/*.jpg'.`,
      )
    byOut.set(out.toLowerCase(), file)
    return { ...file, out }
  })
}

/** The name of the file that a task leaves, in its directory. */
const leftBehind = (out: string): string => {
  const name = lastPart(out)
  return name === INPUT_DIRECTORY ? `${name}_` : name
}

/**
 * What a command needs for a file to go in and another to come out.
 * @throws UsageError where it says by no `{in}` and `{out}` where
 */
export const checkCommand = (argv: readonly string[]): void => {
  if (argv.length === 0)
    throw new UsageError('Name the command behind --, such as -- magick {in} -resize 1600 {out}. See --help.')
  if (!argv.some((argument) => argument.includes('{in}')))
    throw new UsageError('Say in the command where the file goes, by {in}.')
  if (!argv.some((argument) => argument.includes('{out}')))
    throw new UsageError(
      `Say in the command where the result goes, by {out}; of a program that prints it: -- sh -c 'wc -w < "$0" > "$1"' {in} {out}`,
    )
}

/** The task for a file. @param options - what it says besides */
export const submissionOf = ({ name, out, sha256 }: Job, argv: readonly string[], options: object): Submission => {
  const input = `${INPUT_DIRECTORY}/${lastPart(name)}`
  const output = leftBehind(out)
  const values = { ...partsOf(name), in: input, out: asArgument(output) }
  const metadata: FileMetadata = { file: name, out }
  return {
    task_type: 'command',
    payload: { command: argv.map((argument) => fill(argument, values)) },
    inputs: [{ name: input, sha256 }],
    outputs: [output],
    metadata,
    ...options,
  }
}

/** A text about a task, with what its files are called as the command line has it: many tasks so fail by one cause. */
export const withoutNames = (text: string, { file, out }: FileMetadata): string =>
  text
    .replaceAll(`${INPUT_DIRECTORY}/${lastPart(file)}`, '{in}')
    .replaceAll(leftBehind(out), '{out}')
    .replaceAll(lastPart(file), '{name}')

/** 128 bits of the hash of what is to be done. */
const digestOf = (work: Submission | readonly Submission[]): string =>
  createHash('sha256').update(JSON.stringify(work)).digest('hex').slice(0, 32)

/** The same work on a file of the same content and name has the same name, in whatever batch. */
export const workOf = (submission: Submission): string => digestOf(submission)

/** The batch of the same work on the same files has the same name, whoever begins it, and when. */
export const batchOf = (submissions: readonly Submission[]): string => `run-${digestOf(submissions)}`
