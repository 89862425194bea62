/** Hashes of files that were read before, in a file of the user's cache. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSha256 } from '../../../../schemas/artifact.ts'
import { isObject } from '../../options/file.ts'
import type { Environment } from '../../options/flag.ts'
import { cacheHome } from '../../options/paths.ts'

/**
 * How a file is, as `stat` tells. Size and time of writing alone say little: programs put the time back, and a file that is put in the
 * place of another may have both. The time of the last change of any kind cannot be set.
 */
export type Look = Readonly<Record<(typeof LOOKED_AT)[number], number>>
const LOOKED_AT = ['size', 'mtimeMs', 'ctimeMs', 'ino'] as const

/** How a file was when it was read, and what it contained. */
export type Seen = Look & { readonly sha256: string }

/** What is known of files, by their paths. */
export type HashCache = {
  /** The hash of a file that is as it was; one that is not is forgotten. */
  readonly find: (path: string, now: Look) => string | undefined
  readonly note: (path: string, seen: Seen) => void
  /** Writes it down. Where that fails, the files are read again another time. */
  readonly save: () => Promise<void>
}

/** Of more files, those that were noted first are forgotten: about 20 MB. */
const MOST_FILES = 100_000
/** A file that was changed a moment ago may change again within the same tick of its file system's clock: FAT has two seconds. */
const SETTLED_MS = 2000

const isSeen = (value: unknown): value is Seen =>
  isObject(value) &&
  LOOKED_AT.every((key) => typeof value[key] === 'number') &&
  typeof value.sha256 === 'string' &&
  isSha256(value.sha256)

/** What the file holds; nothing where it is not there, or not ours. */
const read = async (file: string): Promise<Map<string, Seen>> => {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
    const entries = isObject(kept) ? Object.entries(kept) : []
    return new Map(entries.filter((entry): entry is [string, Seen] => isSeen(entry[1])))
  } catch {
    // A cache: whatever is wrong with it, the files themselves are there.
    return new Map()
  }
}

/** Opens the cache of the user. */
export const openHashCache = async (environment: Environment): Promise<HashCache> => {
  const file = join(cacheHome(environment, 'retire-cluster'), 'file-hashes.json')
  const known = await read(file)
  let isChanged = false
  return {
    find: (path, now) => {
      const seen = known.get(path)
      if (seen === undefined) return undefined
      if (LOOKED_AT.every((key) => seen[key] === now[key])) return seen.sha256
      known.delete(path)
      isChanged = true
      return undefined
    },
    note: (path, seen) => {
      if (Date.now() - seen.mtimeMs < SETTLED_MS) return
      known.delete(path)
      known.set(path, seen)
      isChanged = true
    },
    save: async () => {
      if (!isChanged) return
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        const beside = `${file}.${process.pid}`
        await writeFile(beside, JSON.stringify(Object.fromEntries([...known].slice(-MOST_FILES))), { mode: 0o600 })
        await rename(beside, file)
      } catch {
        // Without a cache all goes on; it only reads more.
      }
    },
  }
}
