/** Ends of attempts that the node has not acknowledged yet: `DIR/outbox/ends.log`. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptRef, FinishedParams } from '../../schemas/link.ts'
import { attemptName } from './attempts.ts'
import type { Clock } from './clock.ts'
import { UNFINISHED } from './durable-file.ts'
import { bearsFiles } from './files/borne.ts'
import type { Log } from './log.ts'
import { contentOf, createLog } from './outbox-log.ts'

/** The file in the directory of the outbox. */
const ENDS_LOG = 'ends.log'
/** What ran for less than this has little to lose: its end may go to the node before it is on the disk. Seconds. */
const SHORT_SECONDS = 1
/** So old such an end is written, unless the node has it by then: most often it has. Milliseconds. */
const HELD_MS = 100

/** The outbox. */
export interface Outbox {
  /** The ends that wait: those of earlier runs, then the others in order of arrival. */
  waiting(): readonly FinishedParams[]
  /** The end of this attempt; undefined where none waits. */
  find(attempt: AttemptRef): FinishedParams | undefined
  /**
   * Keeps an end. Resolves when it may be told: when it is on disk, or at once for one that took less than {@link SHORT_SECONDS},
   * which is written {@link HELD_MS} later, unless it was removed by then. Where the disk refuses, the log says so and the end
   * waits in memory alone until something else can be written: it still reaches the node, unless the worker dies first.
   */
  add(end: FinishedParams): Promise<void>
  /** Forgets an end: the node has it, or wants it no more. Nothing happens where none waits. */
  remove(attempt: AttemptRef): void
  /**
   * Resolves when what waits is on disk, and what was removed is so there too. Nothing is written any more: another worker may have
   * the directory by then.
   */
  close(): Promise<void>
}

type IsEnd = (value: unknown) => value is FinishedParams

const parseEnd = (content: string, isEnd: IsEnd): FinishedParams | undefined => {
  try {
    const value: unknown = JSON.parse(content)
    return isEnd(value) ? value : undefined
  } catch {
    // Not JSON is one of the ways of being bad; the file is moved aside, and the log says so.
    return undefined
  }
}

const moveAside = async (path: string, log: Log) => {
  await rename(path, `${path}.bad`)
  log.error({ file: `${path}.bad` }, 'a result in the outbox cannot be understood, and was moved aside')
}

/** What a worker of an earlier version has left: one file an end. Each is removed by `forget` once it is in the log. */
const loadFiles = async (directory: string, isEnd: IsEnd, log: Log) => {
  const ends: FinishedParams[] = []
  const paths: string[] = []
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name)
    // A crash in the middle of writing: nobody was told of it.
    if (name.endsWith(UNFINISHED)) await rm(path)
    if (!name.endsWith('.json')) continue
    const end = parseEnd(await readFile(path, 'utf8'), isEnd)
    if (end !== undefined && name === `${attemptName(end)}.json`) {
      ends.push(end)
      paths.push(path)
    } else await moveAside(path, log)
  }
  const forget = async () => {
    for (const path of paths) await rm(path)
  }
  return { ends, forget }
}

const loadLog = async (path: string, isEnd: IsEnd, log: Log): Promise<readonly FinishedParams[]> => {
  if (!existsSync(path)) return []
  const { ends, isDamaged } = contentOf(await readFile(path, 'utf8'))
  if (isDamaged || !ends.every(isEnd)) await moveAside(path, log)
  return ends.filter(isEnd)
}

/** Should the device die before such an end is written, it is as if it had died a moment earlier: running again costs little. */
const isCheap = (end: FinishedParams): boolean => (end.execution_time_seconds ?? 0) < SHORT_SECONDS && !bearsFiles(end)

/** Ends that are given to `write` once they are {@link HELD_MS} old. */
const createHold = (clock: Clock, write: (end: FinishedParams) => void) => {
  // In order of age.
  const held = new Map<string, { readonly end: FinishedParams; readonly dueMs: number }>()
  let cancelTimer: (() => void) | undefined
  const arm = (delayMs: number) => {
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = undefined
      const now = clock.monotonic()
      for (const [name, { end, dueMs }] of held) {
        if (dueMs > now) return arm(dueMs - now)
        held.delete(name)
        write(end)
      }
    })
  }
  return {
    put: (end: FinishedParams) => {
      held.set(attemptName(end), { end, dueMs: clock.monotonic() + HELD_MS })
      if (cancelTimer === undefined) arm(HELD_MS)
    },
    /** True where it was held. */
    drop: (attempt: AttemptRef): boolean => held.delete(attemptName(attempt)),
    /** Writes all that are held. */
    release: () => {
      cancelTimer?.()
      cancelTimer = undefined
      for (const { end } of held.values()) write(end)
      held.clear()
    },
  }
}

/**
 * Opens the outbox with what an earlier run left in it.
 * @param isEnd - checks what a file holds against the schema of `task.finished`
 */
export const openOutbox = async ({
  directory,
  isEnd,
  clock,
  log,
}: {
  readonly directory: string
  readonly isEnd: (value: unknown) => value is FinishedParams
  readonly clock: Clock
  readonly log: Log
}): Promise<Outbox> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, ENDS_LOG)
  const files = await loadFiles(directory, isEnd, log)
  const ends = new Map<string, FinishedParams>()
  for (const end of [...(await loadLog(path, isEnd, log)), ...files.ends]) ends.set(attemptName(end), end)
  const kept = createLog(path, [...ends.values()])
  try {
    await kept.begin()
    await files.forget()
  } catch (error) {
    // A device whose disk is full can work all the same.
    log.error({ err: error }, 'the outbox cannot be written; what comes waits in memory until it can')
  }
  const write = async (end: FinishedParams): Promise<void> => {
    try {
      await kept.keep(end)
    } catch (error) {
      log.error({ err: error, task_id: end.task_id }, 'a result cannot be written to the outbox, and waits in memory')
    }
  }
  let isClosed = false
  const hold = createHold(clock, (end) => void write(end))
  return {
    waiting: () => [...ends.values()],
    find: (attempt) => ends.get(attemptName(attempt)),
    add: async (end) => {
      const name = attemptName(end)
      // What takes the place of an end that may be on disk already has to go there as well.
      if (!isClosed && isCheap(end) && !ends.has(name)) hold.put(end)
      else if (!isClosed) {
        hold.drop(end)
        await write(end)
      }
      ends.set(name, end)
    },
    remove: (attempt) => {
      if (ends.delete(attemptName(attempt)) && !hold.drop(attempt) && !isClosed) kept.forget(attempt)
    },
    close: async () => {
      hold.release()
      isClosed = true
      try {
        await kept.close()
      } catch (error) {
        log.warn({ err: error }, 'the outbox could not be closed; what is in it may be sent once more')
      }
    },
  }
}
