/** The port `FileStore` on a directory of this machine. */
import { opendir, lutimes, mkdir, realpath, rename, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import {
  FileError,
  type FileStore,
  type FileWriting,
  type StoredFile,
  type WrittenFile,
} from '../../cluster/ports/files.ts'
import { syncDirectorySoon } from '../durable.ts'
import {
  BEGINNING,
  HASH,
  isAbsent,
  isDirectory,
  look,
  makeDirectory,
  openBeginning,
  openWhole,
  placesIn,
  type Places,
  removePath,
} from './places.ts'
import { asFileError, receive } from './receive.ts'

/**
 * What files leave free on their disk, bytes: on it the database of the node goes on, and takes twice 16 MiB before it takes
 * new work (room.ts).
 */
const SPARE_BYTES = 64 * 2 ** 20

/** After these a beginning waits for the rest. */
const waiting: ReadonlySet<FileError['kind']> = new Set(['broken_off', 'offset'])

const shards = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'))

/** The names in a directory; none where it is no directory itself. */
async function* namesIn(directory: string): AsyncGenerator<string> {
  if (!(await isDirectory(directory))) return
  for await (const { name } of await opendir(directory)) yield name
}

/** What lies somewhere, with whole milliseconds. */
const lookAt = async (path: string): Promise<Omit<StoredFile, 'sha256'> | undefined> => {
  const found = await look(path)
  return found && { bytes: found.bytes, used_ms: Math.floor(found.mtimeMs) }
}

/** What a process that was killed had under way, and nobody can go on with. */
const removeNameless = async ({ namelessDirectory }: Places): Promise<void> => {
  for await (const name of namesIn(namelessDirectory)) await removePath(join(namelessDirectory, name))
}

/**
 * Opens the files of a directory, which is made where there is none. It may be a symbolic link to a larger disk; in it none is
 * followed. One process at a time: whoever opens it has the data directory.
 * @param spareBytes - what stays free on its disk
 */
export const openDiskFiles = async (directory: string, { spareBytes = SPARE_BYTES } = {}): Promise<FileStore> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const places = placesIn(await realpath(directory))
  await removeNameless(places)
  /** Beginnings that somebody is going on with. */
  const taken = new Set<string>()

  const stat = async (sha256: string): Promise<StoredFile | undefined> => {
    const found = await lookAt(places.whole(sha256))
    return found && { sha256, ...found }
  }

  const touch = async (sha256: string) => {
    const now = new Date()
    try {
      await lutimes(places.whole(sha256), now, now)
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
  }

  const partial = async (sha256: string) =>
    taken.has(sha256) ? 0 : ((await look(places.beginning(sha256)))?.bytes ?? 0)

  /** Writes to `path`, and renames it when it is whole and on disk. */
  const writeTo = async (path: string, { sha256, offset, body, maxBytes }: FileWriting): Promise<WrittenFile> => {
    const file = await openBeginning(path)
    try {
      const { size } = await file.stat()
      if (offset === 0) await file.truncate()
      else if (offset !== size) throw new FileError('offset', `${size} bytes of it are here, not ${offset}`)
      const received = await receive(file, { offset, body, maxBytes, directory: places.root, spareBytes })
      if (sha256 !== null && received.sha256 !== sha256)
        throw new FileError('mismatch', `its SHA-256 is ${received.sha256}, not ${sha256}`)
      await file.sync()
      const whole = places.whole(received.sha256)
      await makeDirectory(dirname(whole))
      const isNew = (await look(whole)) === undefined
      await rename(path, whole)
      await syncDirectorySoon(dirname(whole))
      const { mtimeMs } = await file.stat()
      return { ...received, used_ms: Math.floor(mtimeMs), isNew }
    } catch (error) {
      if (!(error instanceof FileError && waiting.has(error.kind) && path.endsWith(BEGINNING))) await removePath(path)
      throw asFileError(error)
    } finally {
      await file.close()
    }
  }

  const write = async (writing: FileWriting): Promise<WrittenFile> => {
    const { sha256, offset } = writing
    if (sha256 === null) return writeTo(places.nameless(), writing)
    if ((await stat(sha256)) !== undefined) {
      await touch(sha256)
      const stored = await stat(sha256)
      if (stored !== undefined) return { ...stored, isNew: false }
    }
    // Two of the same: the second writes beside the first, and what it has is lost where it breaks off.
    if (taken.has(sha256)) {
      if (offset > 0) throw new FileError('offset', 'somebody is going on with it; from the beginning it can be sent')
      return writeTo(places.nameless(), writing)
    }
    taken.add(sha256)
    try {
      return await writeTo(places.beginning(sha256), writing)
    } finally {
      taken.delete(sha256)
    }
  }

  const read = async (sha256: string, start: number, end?: number): Promise<Readable | undefined> => {
    const file = await openWhole(places.whole(sha256))
    if (file === undefined) return undefined
    const { size } = await file.stat()
    const last = Math.min(end ?? size, size) - 1
    // `end` is the last byte that is read; there is none of nothing, for which an empty file stands.
    return last < start ? file.createReadStream({ start: size }) : file.createReadStream({ start, end: last })
  }

  return {
    stat,
    partial,
    write,
    read,
    touch: async (hashes) => {
      for (const sha256 of hashes) await touch(sha256)
    },
    remove: (sha256) => removePath(places.whole(sha256)),
    list: async function* () {
      for (const shard of shards) {
        for await (const name of namesIn(places.shard(shard))) {
          const file = HASH.test(name) && name.startsWith(shard) ? await stat(name) : undefined
          if (file !== undefined) yield file
        }
      }
    },
    partials: async function* () {
      for (const shard of shards) {
        for await (const name of namesIn(places.shard(shard))) {
          const sha256 = name.slice(0, -BEGINNING.length)
          if (!name.endsWith(BEGINNING) || !HASH.test(sha256) || !sha256.startsWith(shard)) continue
          const beginning = await lookAt(places.beginning(sha256))
          if (beginning !== undefined) yield { sha256, ...beginning }
        }
      }
    },
    removePartial: async ({ sha256, used_ms }) => {
      if (taken.has(sha256)) return false
      taken.add(sha256)
      try {
        const path = places.beginning(sha256)
        const beginning = await lookAt(path)
        if (beginning !== undefined && beginning.used_ms !== used_ms) return false
        await removePath(path)
        return true
      } finally {
        taken.delete(sha256)
      }
    },
    space: async () => {
      const { blocks, bavail, bsize } = await statfs(places.root)
      return { total: blocks * bsize, free: Math.max(0, bavail * bsize - spareBytes) }
    },
  }
}
