/** What files contain, as hashes; what was hashed and has not changed since is not read again. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { collectSpentBuffers } from '../../../http/spent-buffers.ts'
import { systemCode, UsageError } from '../../failure.ts'
import type { HashCache } from './hash-cache.ts'

/** A file of this machine, and what it contains. */
export type Hashed = { readonly path: string; readonly sha256: string; readonly bytes: number }

/** The SHA-256 of a file, lower-case hexadecimal. It is read piece by piece. */
export const sha256Of = async (path: string, signal?: AbortSignal): Promise<string> => {
  const hash = createHash('sha256')
  const collectNoMore = collectSpentBuffers()
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer)
  } finally {
    collectNoMore()
  }
  return hash.digest('hex')
}

/** The hash of a file, from the cache where it knows it. @throws UsageError where it cannot be read */
export const hashed = async (path: string, cache: HashCache, signal?: AbortSignal): Promise<Hashed> => {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path)
    const known = cache.find(resolve(path), { size, mtimeMs, ctimeMs, ino })
    if (known !== undefined) return { path, sha256: known, bytes: size }
    const sha256 = await sha256Of(path, signal)
    cache.note(resolve(path), { size, mtimeMs, ctimeMs, ino, sha256 })
    return { path, sha256, bytes: size }
  } catch (error) {
    signal?.throwIfAborted()
    throw new UsageError(`The file ${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}
