/** Files are bounded: those that nobody has used for long go by the hour, and where room is needed the next ones go earlier. */
import type { ClusterConfig } from '../../schemas/index.ts'
import type { FileHolds } from './file-holds.ts'
import { DAY_MS, HOUR_MS } from './periods.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import { FileError, type FileStore, type FileWriting, type StoredFile } from './ports/files.ts'
import type { Log } from './ports/log.ts'
import type { Store } from './ports/store.ts'
import { toBytes } from './sizes.ts'
import type { State } from './state.ts'

/** The first look comes so long after the start, which has other work for the disk. */
const FIRST_MS = 60_000
/** Files about which the store is asked at a time: it answers in milliseconds, and others are heard in between. */
const AT_A_TIME = 500

/** What the keeper works with. */
export type FileKeeperContext = {
  readonly files: FileStore
  readonly holds: FileHolds
  readonly state: State
  readonly store: Store
  readonly clock: Clock
  /** The config in force, of files. */
  readonly bounds: () => ClusterConfig['files']
  readonly log: Log
}

/** What keeps files bounded. */
export interface FileKeeper {
  /** The files, with a `write` that makes room, and refuses where there is none. */
  readonly files: FileStore
  /** The bounds have changed: they act at once. */
  review(): void
  stop(): void
}

const oldestFirst = (one: StoredFile, other: StoredFile): number => one.used_ms - other.used_ms
const sumOf = (some: readonly StoredFile[]): number => some.reduce((bytes, file) => bytes + file.bytes, 0)

/** Removes what has aged out, from a minute after its start on. */
export const keepFiles = (context: FileKeeperContext): FileKeeper => {
  const { files, holds, state, store, clock, bounds, log } = context
  let cancel: CancelTimer = () => undefined
  let isStopped = false
  /** Bytes of all files and beginnings, of which nobody knows before they were counted. */
  let usedBytes: number | undefined
  /** One look at a time; the next one waits for it. */
  let looking: Promise<unknown> = Promise.resolve()

  const mostBytes = async (): Promise<number> => {
    const { max_size, max_disk_percent } = bounds()
    const { total } = await files.space()
    return Math.min(toBytes(max_size), (total * max_disk_percent) / 100)
  }

  /** Removes a file, unless it was used since it was looked at. */
  const remove = ({ sha256, used_ms }: StoredFile): Promise<boolean> =>
    holds.removing(sha256, async () => {
      if (state.namedFiles.has(sha256) || (await files.stat(sha256))?.used_ms !== used_ms) return false
      await files.remove(sha256)
      return true
    })

  /** Removes of these what no task names that counts, until so many bytes are gone. Returns what is left. */
  const removeUnnamed = async (from: readonly StoredFile[], since_ms: number, bytes: number): Promise<StoredFile[]> => {
    const left: StoredFile[] = []
    let toGo = bytes
    for (let first = 0; first < from.length; first += AT_A_TIME) {
      const some = from.slice(first, first + AT_A_TIME)
      const hashes = some.map(({ sha256 }) => sha256)
      const named = new Set(toGo > 0 && !isStopped ? await store.namedSince(hashes, since_ms) : hashes)
      for (const file of some) {
        if (toGo > 0 && !named.has(file.sha256) && (await remove(file))) toGo -= file.bytes
        else left.push(file)
      }
    }
    return left
  }

  /** Removes of these beginnings what nobody goes on with, until so many bytes are gone. Returns what is left. */
  const removePartials = async (from: readonly StoredFile[], bytes: number): Promise<StoredFile[]> => {
    const left: StoredFile[] = []
    let toGo = bytes
    for (const partial of from) {
      if (toGo > 0 && !isStopped && (await files.removePartial(partial))) toGo -= partial.bytes
      else left.push(partial)
    }
    return left
  }

  const look = async (): Promise<void> => {
    const now = clock.now()
    const since_ms = now - bounds().days * DAY_MS
    const fresh: StoredFile[] = []
    const stale: StoredFile[] = []
    for await (const file of files.list()) (file.used_ms < since_ms ? stale : fresh).push(file)
    const kept = await removeUnnamed(stale, since_ms, Infinity)
    const begun: StoredFile[] = []
    const stalled: StoredFile[] = []
    // Whoever begins a transfer and does not come back for a day will begin it anew.
    for await (const partial of files.partials()) (partial.used_ms < now - DAY_MS ? stalled : begun).push(partial)
    const waiting = [...(await removePartials(stalled, Infinity)), ...begun].sort(oldestFirst)
    const all = [...kept, ...fresh].sort(oldestFirst)
    const most = await mostBytes()
    // A beginning can be sent anew by whoever has the rest, a file perhaps by nobody.
    const left = sumOf(await removePartials(waiting, sumOf(waiting) + sumOf(all) - most))
    const surplus = left + sumOf(all) - most
    // Here only what is unfinished counts: no task ends so late.
    usedBytes = left + sumOf(surplus > 0 ? await removeUnnamed(all, Number.MAX_SAFE_INTEGER, surplus) : all)
  }

  const lookNow = (): Promise<void> => {
    const turn = looking.then(look)
    looking = turn.catch(() => undefined)
    return turn
  }
  /** Whether all together is within the bounds, at the latest after what can go has gone. */
  const isWithin = async (): Promise<boolean> => {
    const most = await mostBytes()
    if (usedBytes === undefined || usedBytes > most) await lookNow()
    return (usedBytes ?? 0) <= most
  }
  const refuse = () => new FileError('full', 'files may take no more room')

  /** Bytes that wait for the rest of what is written. */
  const begunOf = ({ sha256 }: FileWriting): Promise<number> =>
    sha256 === null ? Promise.resolve(0) : files.partial(sha256)

  const write: FileStore['write'] = async (writing) => {
    const known = writing.sha256 === null ? undefined : await files.stat(writing.sha256)
    if (known !== undefined) return files.write(writing)
    if (!(await isWithin())) throw refuse()
    const before = await begunOf(writing)
    const file = await files.write(writing).catch(async (error: unknown) => {
      const after = await begunOf(writing)
      usedBytes = (usedBytes ?? 0) + after - before
      throw error
    })
    if (!file.isNew) return file
    const letGo = await holds.hold([file.sha256])
    try {
      usedBytes = (usedBytes ?? 0) + file.bytes - before
      if (await isWithin()) return file
    } finally {
      letGo()
    }
    // What somebody counts on meanwhile stays, and is not refused either.
    if ((await removeUnnamed([file], Number.MAX_SAFE_INTEGER, file.bytes)).length > 0) return file
    usedBytes -= file.bytes
    throw refuse()
  }

  const next = (delayMs: number) => {
    cancel()
    cancel = clock.after(delayMs, () => {
      lookNow()
        .catch((error: unknown) => log.error({ err: error }, 'files that have aged out could not be removed'))
        .finally(() => {
          if (!isStopped) next(HOUR_MS)
        })
    })
  }

  next(FIRST_MS)
  return {
    files: { ...files, write },
    review: () => next(0),
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}
