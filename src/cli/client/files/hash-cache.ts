/** Hashes of files that were read before, in the user's cache. */
import { isSha256 } from '../../../../schemas/artifact.ts'
import { isObject } from '../../options/file.ts'
import type { Environment } from '../../options/flag.ts'
import { openCachedMap } from './cached-map.ts'

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

/** A file that was changed a moment ago may change again within the same tick of its file system's clock: FAT has two seconds. */
const SETTLED_MS = 2000

const isSeen = (value: unknown): value is Seen =>
  isObject(value) &&
  LOOKED_AT.every((key) => typeof value[key] === 'number') &&
  typeof value.sha256 === 'string' &&
  isSha256(value.sha256)

/** Opens the cache of the user. */
export const openHashCache = async (environment: Environment): Promise<HashCache> => {
  const known = await openCachedMap(environment, 'file-hashes.json', isSeen)
  return {
    find: (path, now) => {
      const seen = known.get(path)
      if (seen === undefined) return undefined
      if (LOOKED_AT.every((key) => seen[key] === now[key])) return seen.sha256
      known.delete(path)
      return undefined
    },
    note: (path, seen) => {
      if (Date.now() - seen.mtimeMs < SETTLED_MS) return
      known.set(path, seen)
    },
    save: known.save,
  }
}
