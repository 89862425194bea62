/** Putting the inputs of a task into its directory: copies, since what a task writes there is its own. */
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { systemCode } from '../errors.ts'
import type { HeldInputs } from './inputs.ts'

/** Where the file system can share the blocks of two files, a copy costs neither time nor room. */
const SHARED_COPY = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE

/** Its owner may read, write and run it: a program may be an input. */
const MODE = 0o700

/** Read in pieces, so that a copy of gigabytes can be ended in its midst. */
const copy = async (from: string, to: string, signal: AbortSignal): Promise<void> => {
  try {
    await copyFile(from, to, SHARED_COPY)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error
    await pipeline(createReadStream(from), createWriteStream(to, { flags: 'wx' }), { signal })
  }
  await chmod(to, MODE)
}

/**
 * Puts inputs into an empty directory.
 * @throws the error of the system, `EEXIST` or `ENOTDIR` where two names cannot stand beside each other
 */
export const stage = async (files: HeldInputs['files'], directory: string, signal: AbortSignal): Promise<void> => {
  for (const { name, path } of files) {
    const target = join(directory, ...name.split('/'))
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await copy(path, target, signal)
  }
}
