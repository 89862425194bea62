/** The files of this machine that tasks take: read, and uploaded where the cluster lacks them, before anything is submitted. */
import { basename } from 'node:path'
import type { TaskInput } from '../../../../schemas/artifact.ts'
import { artifactsResource } from '../../../client/resources/artifacts.ts'
import { Failure, UsageError } from '../../failure.ts'
import type { Environment } from '../../options/flag.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { bytes as asBytes, counted } from '../presentation.ts'
import type { Talk } from '../tasks/batch.ts'
import { progressView, type ProgressView } from '../tasks/progress.ts'
import { openHashCache } from './hash-cache.ts'
import { type Hashed, hashed } from './hashing.ts'
import { isFileName } from './names.ts'
import { uploadMissing } from './uploading.ts'

/** Does something before anything is submitted: Ctrl-C then leaves nothing but what the same line needs not do again. */
const beforehand = <T>(work: (signal: AbortSignal, view: ProgressView) => Promise<T>): Promise<T> => {
  const view = progressView()
  return interruptible(async (signal) => {
    try {
      return await work(signal, view)
    } catch (error) {
      if (!(signal.reason instanceof Interrupted)) throw error
      throw new Failure(
        signal.reason.exitCode,
        'Interrupted before anything was submitted. The same line goes on where it was.',
        { cause: error },
      )
    }
  }).finally(view.end)
}

/** Reads what files contain; those that were read before and have not changed since are not read again. */
export const readAll = <F extends { readonly path: string }>(
  files: readonly F[],
  environment: Environment,
): Promise<readonly (F & Hashed)[]> =>
  beforehand(async (signal, view) => {
    const cache = await openHashCache(environment)
    const read: (F & Hashed)[] = []
    try {
      for (const file of files) {
        view.say(`${read.length} of ${counted(files.length, 'file')} read`)
        signal.throwIfAborted()
        read.push({ ...file, ...(await hashed(file.path, cache, signal)) })
      }
    } finally {
      await cache.save()
    }
    return read
  })

/** Uploads those that the cluster lacks, and tells how many these were. */
export const upload = ({ api, output }: Talk, files: readonly Hashed[]): Promise<void> =>
  beforehand(async (signal, view) => {
    if (files.length === 0) return
    const { totalFiles, totalBytes } = await uploadMissing(artifactsResource(api), files, {
      signal,
      onProgress: (now) =>
        view.say(
          `${now.files} of ${counted(now.totalFiles, 'file')} uploaded, ${asBytes(now.bytes)} of ${asBytes(now.totalBytes)}`,
        ),
    })
    view.end()
    const rest = totalFiles === files.length ? '' : '; the rest is there'
    output.note(`${totalFiles} of ${counted(files.length, 'file')} uploaded (${asBytes(totalBytes)})${rest}.\n`)
  })

/** `FILE[:NAME]`. A colon within a path, as in `C:\\photos`, is none of these. */
const inputOf = (written: string): { readonly path: string; readonly name: string } => {
  const colon = written.lastIndexOf(':')
  const isNamed = colon > 1 && !written.slice(colon).includes('\\')
  const path = isNamed ? written.slice(0, colon) : written
  const name = isNamed ? written.slice(colon + 1) : basename(path)
  if (!isFileName(name))
    throw new UsageError(
      `--input-file: ${JSON.stringify(name)} is no name of a file of a task; name another: FILE:NAME.`,
    )
  return { path, name }
}

/** Uploads the files that `--input-file` names. @returns how the task names them */
export const uploadInputs = async (
  talk: Talk,
  written: readonly string[],
  environment: Environment,
): Promise<readonly TaskInput[]> => {
  const files = await readAll(written.map(inputOf), environment)
  await upload(talk, files)
  return files.map(({ name, sha256 }) => ({ name, sha256 }))
}
