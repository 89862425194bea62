/** Ends of attempts that the node has not acknowledged yet: `DIR/outbox/`, one file an attempt. */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptRef, FinishedParams } from '../../schemas/link.ts'
import { attemptName } from './attempts.ts'
import { syncDirectory, UNFINISHED, writeDurably } from './durable-file.ts'
import type { Log } from './log.ts'

/** The outbox. */
export interface Outbox {
  /** The ends that wait: those of earlier runs, then the others in order of arrival. */
  waiting(): readonly FinishedParams[]
  /** The end of this attempt; undefined where none waits. */
  find(attempt: AttemptRef): FinishedParams | undefined
  /**
   * Keeps an end. Resolves when it is on disk. Where the disk refuses, the log says so and the end waits in memory alone:
   * it still reaches the node, unless the worker dies first.
   */
  add(end: FinishedParams): Promise<void>
  /** Forgets an end: the node has it, or wants it no more. Nothing happens where none waits. */
  remove(attempt: AttemptRef): Promise<void>
}

const parseEnd = (content: string, isEnd: (value: unknown) => value is FinishedParams): FinishedParams | undefined => {
  try {
    const value: unknown = JSON.parse(content)
    return isEnd(value) ? value : undefined
  } catch {
    // Not JSON is one of the ways of being bad; the file is moved aside, and the log says so.
    return undefined
  }
}

const load = async (
  directory: string,
  isEnd: (value: unknown) => value is FinishedParams,
  log: Log,
): Promise<readonly FinishedParams[]> => {
  const ends: FinishedParams[] = []
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name)
    // A crash in the middle of writing: nobody was told of it.
    if (name.endsWith(UNFINISHED)) await rm(path)
    if (!name.endsWith('.json')) continue
    const end = parseEnd(await readFile(path, 'utf8'), isEnd)
    if (end !== undefined && name === `${attemptName(end)}.json`) ends.push(end)
    else {
      await rename(path, `${path}.bad`)
      log.error({ file: `${path}.bad` }, 'a result in the outbox cannot be understood, and was moved aside')
    }
  }
  return ends
}

/**
 * Opens the outbox with what an earlier run left in it.
 * @param isEnd - checks what a file holds against the schema of `task.finished`
 */
export const openOutbox = async ({
  directory,
  isEnd,
  log,
}: {
  readonly directory: string
  readonly isEnd: (value: unknown) => value is FinishedParams
  readonly log: Log
}): Promise<Outbox> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const ends = new Map<string, FinishedParams>()
  for (const end of await load(directory, isEnd, log)) ends.set(attemptName(end), end)
  const pathOf = (attempt: AttemptRef) => join(directory, `${attemptName(attempt)}.json`)
  return {
    waiting: () => [...ends.values()],
    find: (attempt) => ends.get(attemptName(attempt)),
    add: async (end) => {
      try {
        await writeDurably(pathOf(end), JSON.stringify(end))
      } catch (error) {
        log.error({ err: error, task_id: end.task_id }, 'a result cannot be written to the outbox, and waits in memory')
      }
      ends.set(attemptName(end), end)
    },
    remove: async (attempt) => {
      if (!ends.delete(attemptName(attempt))) return
      try {
        await rm(pathOf(attempt), { force: true })
        await syncDirectory(directory)
      } catch (error) {
        // It would be sent once more after a restart, and the node then says that it knows it.
        log.warn({ err: error, task_id: attempt.task_id }, 'a result that was acknowledged cannot be removed')
      }
    },
  }
}
