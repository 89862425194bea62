/** What is known of files by their paths, in a file of the user's cache: from one run to the next. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isObject } from '../../options/file.ts'
import type { Environment } from '../../options/flag.ts'
import { cacheHome } from '../../options/paths.ts'

/** A map that outlives its process. */
export type CachedMap<T> = {
  readonly get: (path: string) => T | undefined
  readonly set: (path: string, value: T) => void
  readonly delete: (path: string) => void
  /** Writes down what has changed. Where that fails, it is found out again another time. */
  readonly save: () => Promise<void>
}

/** Of more files, those that were set first are forgotten: about 20 MB. */
const MOST_FILES = 100_000

/** What the file holds; nothing where it is not there, or not ours. */
const read = async <T>(file: string, isValue: (value: unknown) => value is T): Promise<Map<string, T>> => {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
    const entries = isObject(kept) ? Object.entries(kept) : []
    return new Map(entries.filter((entry): entry is [string, T] => isValue(entry[1])))
  } catch {
    // A cache: whatever is wrong with it, the files themselves are there.
    return new Map()
  }
}

/** Sets or deletes; what is set counts as the newest. */
const change = <T>(map: Map<string, T>, path: string, value: T | undefined): void => {
  map.delete(path)
  if (value !== undefined) map.set(path, value)
}

/** Opens a file of the user's cache. @param isValue - whether a value is one of ours; others count as absent */
export const openCachedMap = async <T>(
  environment: Environment,
  name: string,
  isValue: (value: unknown) => value is T,
): Promise<CachedMap<T>> => {
  const file = join(cacheHome(environment, 'retire-cluster'), name)
  const known = await read(file, isValue)
  const unsaved = new Map<string, T | undefined>()
  const note = (path: string, value: T | undefined) => {
    change(known, path, value)
    unsaved.set(path, value)
  }
  return {
    get: (path) => known.get(path),
    set: note,
    delete: (path) => note(path, undefined),
    save: async () => {
      if (unsaved.size === 0) return
      const changes = [...unsaved]
      unsaved.clear()
      const beside = `${file}.${process.pid}`
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        // Another client may have written since.
        const kept = await read(file, isValue)
        for (const [path, value] of changes) change(kept, path, value)
        await writeFile(beside, JSON.stringify(Object.fromEntries([...kept].slice(-MOST_FILES))), { mode: 0o600 })
        await rename(beside, file)
      } catch {
        // Without a cache all goes on; it only takes longer.
        await rm(beside, { force: true }).catch(() => undefined)
      }
    },
  }
}
