/** What tasks have left, until the node has it: `DIR/outputs/ATTEMPT/SHA256`, on the disk before the end of the attempt is. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptRef } from '../../../schemas/link.ts'
import { attemptName } from '../attempts.ts'
import { syncDirectory } from '../durable-file.ts'
import type { Log } from '../log.ts'

/** The spool. */
export interface Spool {
  /** Makes the directory for what an attempt has left. @param attempt - its name */
  open(attempt: string): Promise<string>
  /** Brings the entries of the directory of an attempt to the disk; the bytes of its files are there. */
  sync(attempt: string): Promise<void>
  /** Where such a file lies. */
  pathOf(attempt: AttemptRef, sha256: string): string
  /** Removes what an attempt has left: the node has it, or nobody wants it. Harmless where there is nothing. */
  remove(attempt: string): Promise<void>
}

/**
 * Opens the spool, and removes what belongs to no end that waits: nobody was told of it.
 * @param waiting - the ends that wait in the outbox
 */
export const openSpool = async (directory: string, waiting: readonly AttemptRef[], log: Log): Promise<Spool> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  /** The attempts that may have a directory: most leave nothing, and looking for it costs a task more than its run. */
  const opened = new Set(await readdir(directory))
  const remove = async (attempt: string): Promise<void> => {
    if (!opened.delete(attempt)) return
    try {
      await rm(join(directory, attempt), { recursive: true, force: true })
    } catch (error) {
      log.warn({ err: error, attempt }, 'the files of an attempt cannot be removed')
    }
  }
  const wanted = new Set(waiting.map(attemptName))
  for (const attempt of [...opened]) {
    if (!wanted.has(attempt)) await remove(attempt)
  }
  return {
    open: async (attempt) => {
      opened.add(attempt)
      const own = join(directory, attempt)
      await mkdir(own, { recursive: true, mode: 0o700 })
      return own
    },
    sync: async (attempt) => {
      await syncDirectory(join(directory, attempt))
      await syncDirectory(directory)
    },
    pathOf: (attempt, sha256) => join(directory, attemptName(attempt), sha256),
    remove,
  }
}
