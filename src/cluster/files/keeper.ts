/** Files are bounded: those that nobody has used for long go by the hour, and where room is needed the next ones go earlier. */
import type { ClusterConfig, LogLevel } from '../../../schemas/index.ts'
import { DAY_MS, HOUR_MS } from '../periods.ts'
import type { CancelTimer, Clock } from '../ports/clock.ts'
import { FileError, type FileStore, type FileWriting, type StoredFile, type WrittenFile } from '../ports/files.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import { toBytes } from '../sizes.ts'
import type { State } from '../state.ts'
import type { FileHolds } from './holds.ts'
import { createFileRoom } from './room.ts'

/** The first look comes so long after the start, which has other work for the disk. */
const FIRST_MS = 60_000
/** So often it is looked while there is no room: tasks end, and bounds and disks grow. */
const FULL_MS = 5 * 60_000
/** Whoever is refused so soon after a look that found no room is so without another one: each goes over all files. */
const VAIN_MS = 5000
/** Files about which the store is asked at a time: it answers in milliseconds, and others are heard in between. */
const AT_A_TIME = 500

/** Since when a file counts as named where room is needed: what is unfinished names it then alone, as no task ends so late. */
const UNFINISHED = Number.MAX_SAFE_INTEGER

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
  /** Writes to the log of the cluster. */
  readonly tell: (level: LogLevel, message: string) => void
}

/** What keeps files bounded. */
export interface FileKeeper {
  /** The files, with a `write` that makes room, and refuses where there is none. */
  readonly files: FileStore
  /** Whether files are refused, as there is no room for them. */
  isFull(): boolean
  /** The bounds have changed: they act at once. */
  review(): void
  stop(): void
}

const oldestFirst = (one: StoredFile, other: StoredFile): number => one.used_ms - other.used_ms
const sumOf = (some: readonly StoredFile[]): number => some.reduce((bytes, file) => bytes + file.bytes, 0)

/** Removes what has aged out, from a minute after its start on. */
export const keepFiles = (context: FileKeeperContext): FileKeeper => {
  const { files, holds, state, store, clock, bounds, log, tell } = context
  const room = createFileRoom(tell)
  let cancel: CancelTimer = () => undefined
  let isStopped = false
  /** Bytes of all files and beginnings, of which nobody knows before they were counted. */
  let usedBytes: number | undefined
  /** When a look found no room, by the monotonic clock; undefined: something has changed since. */
  let vainMs: number | undefined
  /** One look at a time; the next one waits for it. */
  let looking: Promise<unknown> = Promise.resolve()

  /** Bytes that all together may be, and that are free on the disk. */
  const space = async (): Promise<{ readonly most: number; readonly free: number }> => {
    const { max_size, max_disk_percent } = bounds()
    const { total, free } = await files.space()
    return { most: Math.min(toBytes(max_size), (total * max_disk_percent) / 100), free }
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

  /** Bytes of these that no task names that counts: they would make room. */
  const unnamedBytes = async (from: readonly StoredFile[]): Promise<number> => {
    let bytes = 0
    for (let first = 0; first < from.length; first += AT_A_TIME) {
      const some = from.slice(first, first + AT_A_TIME)
      const hashes = some.map(({ sha256 }) => sha256)
      const named = new Set(await store.namedSince(hashes, UNFINISHED))
      bytes += sumOf(some.filter(({ sha256 }) => !named.has(sha256)))
    }
    return bytes
  }

  /** Counts all, and removes what goes. */
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
    const { most } = await space()
    // A beginning can be sent anew by whoever has the rest, a file perhaps by nobody.
    const begunBytes = sumOf(await removePartials(waiting, sumOf(waiting) + sumOf(all) - most))
    const surplus = begunBytes + sumOf(all) - most
    const left = surplus > 0 ? await removeUnnamed(all, UNFINISHED, surplus) : all
    usedBytes = begunBytes + sumOf(left)
    vainMs = usedBytes > most ? clock.monotonic() : undefined
    // Nothing is removed for a file that may not come again; that it could be is enough.
    if (room.isFull()) room.looked(Math.min(most - sumOf(left) + (await unnamedBytes(left)), (await space()).free))
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = looking.then(work)
    looking = turn.catch(() => undefined)
    return turn
  }
  const isCountedWithin = async (): Promise<boolean> => usedBytes !== undefined && usedBytes <= (await space()).most
  /** Looks for room, unless another look has made some meanwhile, or found none a moment ago. */
  const makeRoom = async (): Promise<void> => {
    if (await isCountedWithin()) return
    if (vainMs === undefined || clock.monotonic() - vainMs >= VAIN_MS) await look()
  }
  /** Whether all together is within the bounds, at the latest after what can go has gone. */
  const isWithin = async (): Promise<boolean> => {
    if (!(await isCountedWithin())) await inTurn(makeRoom)
    return isCountedWithin()
  }

  /** Bytes that wait for the rest of what is written. */
  const begunOf = ({ sha256 }: FileWriting): Promise<number> =>
    sha256 === null ? Promise.resolve(0) : files.partial(sha256)

  /** The refusal of a file that would take so many bytes more; where it is not known how many, of any. */
  const refusal = (bytes = 1): FileError => {
    if (!room.isFull()) next(FULL_MS)
    room.refused(Math.max(1, bytes))
    return new FileError('full', 'files may take no more room')
  }
  const writeNew = async (writing: FileWriting): Promise<WrittenFile> => {
    const before = await begunOf(writing)
    try {
      const file = await files.write(writing)
      if (file.isNew) usedBytes = (usedBytes ?? 0) + file.bytes - before
      return file
    } catch (error) {
      const after = await begunOf(writing)
      usedBytes = (usedBytes ?? 0) + after - before
      // The disk has less than it takes, of which no more is known.
      if (error instanceof FileError && error.kind === 'full') throw refusal((await space()).free + 1)
      throw error
    }
  }

  const write: FileStore['write'] = async (writing) => {
    const known = writing.sha256 === null ? undefined : await files.stat(writing.sha256)
    if (known !== undefined) return files.write(writing)
    if (!(await isWithin())) throw refusal()
    const file = await writeNew(writing)
    if (!file.isNew) return file
    const letGo = await holds.hold([file.sha256])
    try {
      if (await isWithin()) {
        room.taken(file.bytes)
        return file
      }
    } finally {
      letGo()
    }
    // What somebody counts on meanwhile stays, and is not refused either.
    if ((await removeUnnamed([file], UNFINISHED, file.bytes)).length > 0) return file
    usedBytes = (usedBytes ?? 0) - file.bytes
    throw refusal(file.bytes)
  }

  const next = (delayMs: number) => {
    cancel()
    if (isStopped) return
    cancel = clock.after(delayMs, () => {
      inTurn(look)
        .catch((error: unknown) => log.error({ err: error }, 'files that have aged out could not be removed'))
        .finally(() => next(room.isFull() ? FULL_MS : HOUR_MS))
    })
  }

  next(FIRST_MS)
  return {
    files: {
      ...files,
      write,
      remove: (sha256) => {
        vainMs = undefined
        return files.remove(sha256)
      },
    },
    isFull: room.isFull,
    review: () => next(0),
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}
