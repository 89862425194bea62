/**
 * The file of the outbox, `DIR/outbox/ends.log`: what waits and what does so no more, one JSON text a line. What comes in while
 * it is written goes to the disk together, and the file is used anew from its beginning whenever nothing waits: forcing blocks
 * to the disk that it has already costs the file system no journal.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { AttemptRef, FinishedParams } from '../../schemas/link.ts'
import { attemptName } from './attempts.ts'
import { writeDurably } from './durable-file.ts'

/** A file of at least so many bytes is written anew with what waits, once it is twice as long as it was then. */
const RENEWED_BYTES = 2 ** 20

/** What a file says. */
export type LogContent = {
  /** The ends that wait, as they are in the file: whoever reads them checks them. */
  readonly ends: readonly unknown[]
  /** True where lines in its midst cannot be understood. What a crash cut off at its end is no damage: nobody was told of it. */
  readonly isDamaged: boolean
}

/** The file. */
export interface EndsLog {
  /**
   * Writes the file with what waits already, in the place of what was there. Resolves when it is on disk.
   * @throws the system's error: what was there still is, and the next write tries again
   */
  begin(): Promise<void>
  /**
   * Writes that an end waits. Resolves when it is on disk.
   * @throws the system's error: it is not, and the next write begins the file anew
   */
  keep(end: FinishedParams): Promise<void>
  /** Writes soon that an end waits no more. No disk is waited for: where it is forgotten, the node is told once more what it knows. */
  forget(attempt: AttemptRef): void
  /** Resolves when all is written, and the file closed. */
  close(): Promise<void>
}

/** Lines of an earlier generation are what is left of a time when the file was longer; the first line is a generation alone. */
type Line = { readonly generation: number; readonly end?: FinishedParams; readonly forgotten?: string }

const lineOf = (line: Line): string => `${JSON.stringify(line)}\n`

/** A line as it is read: nobody has checked what is in it. */
type ReadLine = { readonly generation: number; readonly end?: unknown; readonly forgotten?: unknown }

const parse = (text: string): ReadLine | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const isLine = typeof value === 'object' && value !== null && 'generation' in value
    return isLine && typeof value.generation === 'number' ? (value as ReadLine) : undefined
  } catch {
    // Torn, or the rest of a longer line of an earlier generation: whether that is damage, the lines after it tell.
    return undefined
  }
}

const nameIn = (end: unknown): string | undefined =>
  typeof end === 'object' && end !== null ? attemptName(end as AttemptRef) : undefined

/** What the text of a file says. */
export const contentOf = (text: string): LogContent => {
  const [first = '', ...rest] = text.split('\n')
  const generation = parse(first)?.generation
  const ends = new Map<string, unknown>()
  let isBroken = generation === undefined && text !== ''
  let isDamaged = isBroken
  for (const line of rest.map(parse)) {
    if (line === undefined || line.generation !== generation) {
      isBroken = true
      continue
    }
    // It comes after what cannot be read: that was no end which a crash cut off.
    isDamaged ||= isBroken
    const name = nameIn(line.end)
    if (name !== undefined) ends.set(name, line.end)
    if (typeof line.forgotten === 'string') ends.delete(line.forgotten)
  }
  return { ends: [...ends.values()], isDamaged }
}

/** What waits to be written; `written` is there where somebody waits for the disk. */
type Entry = { readonly line: Omit<Line, 'generation'>; readonly written?: PromiseWithResolvers<undefined> }

/** The file that is to have these ends and those that come. */
export const createLog = (path: string, ends: readonly FinishedParams[]): EndsLog => {
  /** All that wait, those among them that could not be written: the file is begun anew with these. */
  const live = new Map(ends.map((end) => [attemptName(end), end]))
  let file: FileHandle | undefined
  // The file is new at each start, so that none of an earlier one is in it.
  let generation = 0
  let position = 0
  let renewedBytes = 0
  let entries: Entry[] = []
  let writing: Promise<void> | undefined

  /** The head of a generation, and all that waits. */
  const wholeText = (): string => {
    generation += 1
    return [{}, ...[...live.values()].map((end) => ({ end }))].map((line) => lineOf({ generation, ...line })).join('')
  }

  const renew = async () => {
    const text = wholeText()
    await file?.close()
    file = undefined
    await writeDurably(path, text)
    file = await open(path, 'r+')
    position = renewedBytes = Buffer.byteLength(text)
  }

  const writeAt = async (into: FileHandle, bytes: Buffer, at: number) => {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await into.write(bytes, written, bytes.length - written, at + written)
      written += bytesWritten
    }
    position = at + bytes.length
  }

  const write = async (batch: readonly Entry[]) => {
    const wasIdle = live.size === 0
    for (const { line } of batch) {
      if (line.end !== undefined) live.set(attemptName(line.end), line.end)
      if (line.forgotten !== undefined) live.delete(line.forgotten)
    }
    // It is to be begun, or failed: then nobody knows what of it is on the disk (https://lwn.net/Articles/752063/).
    if (file === undefined) return renew()
    // Nothing that is in the file has to stay.
    const startsOver = wasIdle || live.size === 0
    const bytes = Buffer.from(
      startsOver ? wholeText() : batch.map(({ line }) => lineOf({ generation, ...line })).join(''),
    )
    const at = startsOver ? 0 : position
    if (at + bytes.length > Math.max(RENEWED_BYTES, 2 * renewedBytes)) return renew()
    await writeAt(file, bytes, at)
    if (batch.some(({ written }) => written !== undefined)) await file.datasync()
  }

  const writeBatch = async (batch: readonly Entry[]) => {
    const waiters = batch.flatMap(({ written }) => written ?? [])
    try {
      await write(batch)
      for (const waiter of waiters) waiter.resolve(undefined)
    } catch (error) {
      const failed = file
      file = undefined
      // Where nobody waits, nothing is lost but what may be told once more.
      for (const waiter of waiters) waiter.reject(error)
      // What failed is told of already.
      await failed?.close().catch(() => undefined)
    }
  }

  const writeAll = async () => {
    // What else comes in this turn goes with it.
    await Promise.resolve()
    while (entries.length > 0) {
      const batch = entries
      entries = []
      await writeBatch(batch)
    }
    writing = undefined
  }

  const add = (entry: Entry) => {
    entries.push(entry)
    writing ??= writeAll()
  }

  return {
    begin: renew,
    keep: (end) => {
      const written = Promise.withResolvers<undefined>()
      add({ line: { end }, written })
      return written.promise
    },
    forget: (attempt) => add({ line: { forgotten: attemptName(attempt) } }),
    close: async () => {
      while (writing !== undefined) await writing
      await file?.close()
      file = undefined
    },
  }
}
