/** The files of tasks, as they go with the state: each is whole in its target or absent, and is what its name says. */
import { lutimes, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { FileError, type FileStore, type StoredFile } from '../../cluster/ports/files.ts'
import { isSystemError } from '../durable.ts'
import { FILES } from '../file-names.ts'
import { openDiskFiles } from '../files/disk-files.ts'
import { HASH, isDirectory, openWhole, placesIn } from '../files/places.ts'
import { MoveError } from './move-error.ts'

/** A file that goes along. */
export type MovedFile = StoredFile & {
  /** Its bytes; read once, and closed when they are at their end or destroyed. */
  read(): Readable
}

/** Where files go. */
export type FileTarget = Pick<FileStore, 'stat' | 'write'> & {
  /** Sets when a file was used last: for how long it is kept is counted from then. */
  setUsed(file: StoredFile): Promise<void>
}

/** The files in a data directory, which is only read; none where it has none. */
export async function* filesIn(dataDir: string): AsyncGenerator<MovedFile> {
  const places = placesIn(join(dataDir, FILES))
  if (!(await isDirectory(places.root))) return
  for (const shard of await readdir(places.root)) {
    if (!/^[0-9a-f]{2}$/.test(shard) || !(await isDirectory(places.shard(shard)))) continue
    for (const name of await readdir(places.shard(shard))) {
      if (!HASH.test(name) || !name.startsWith(shard)) continue
      const file = await openWhole(places.whole(name))
      if (file === undefined) continue
      try {
        const { size, mtimeMs } = await file.stat()
        const used_ms = Math.floor(mtimeMs)
        yield { sha256: name, bytes: size, used_ms, read: () => file.createReadStream({ autoClose: false }) }
      } finally {
        await file.close()
      }
    }
  }
}

/** The files of a data directory, to write to. */
export const filesTo = async (dataDir: string): Promise<FileTarget> => {
  const files = await openDiskFiles(join(dataDir, FILES))
  const places = placesIn(join(dataDir, FILES))
  return {
    stat: files.stat,
    write: files.write,
    setUsed: async ({ sha256, used_ms }) => {
      const used = new Date(used_ms)
      await lutimes(places.whole(sha256), used, used)
    },
  }
}

/**
 * Copies the files that are missing.
 * @param progress - is told how many there are so far
 * @returns how many there are
 * @throws MoveError `unwritable`
 */
export const moveFiles = async (
  files: AsyncIterable<MovedFile>,
  target: FileTarget,
  progress: (files: number) => void,
): Promise<number> => {
  let count = 0
  try {
    for await (const file of files) {
      const { sha256, bytes } = file
      if ((await target.stat(sha256)) === undefined) {
        const body = file.read()
        await target.write({ sha256, offset: 0, body, maxBytes: bytes }).finally(() => body.destroy())
        await target.setUsed(file)
      }
      count += 1
      progress(count)
    }
  } catch (cause) {
    if (!isSystemError(cause) && !(cause instanceof FileError)) throw cause
    throw new MoveError(
      'unwritable',
      `the files of tasks cannot be copied (${cause.message}): make them readable and the target writable for this user, with room for them`,
      { cause },
    )
  }
  return count
}
