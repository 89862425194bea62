/** The FileStore port in memory. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Clock } from '../../src/cluster/ports/clock.ts'
import { FileError, type FileStore, type StoredFile } from '../../src/cluster/ports/files.ts'

/** Files whose place can be made to have no room. */
export interface MemoryFiles extends FileStore {
  /** Puts a file there, as if it had been stored; returns its hash. */
  put(content: string): string
  /** What is there. */
  readonly hashes: string[]
  /** Bytes of a file that have come so far, also while the rest is under way. */
  arrived(sha256: string): number
  /** What `space` tells. */
  disk: { total: number; free: number }
}

const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** No files. */
export const memoryFiles = (clock: Pick<Clock, 'now'>): MemoryFiles => {
  const whole = new Map<string, { content: Buffer; used_ms: number }>()
  const partials = new Map<string, { content: Buffer; at_ms: number }>()

  const arriving = new Map<string, number>()

  const fileOf = (sha256: string): StoredFile | undefined => {
    const file = whole.get(sha256)
    return file && { sha256, bytes: file.content.length, used_ms: file.used_ms }
  }
  const put = (content: Buffer) => {
    const sha256 = hashOf(content)
    whole.set(sha256, { content, used_ms: clock.now() })
    return sha256
  }

  const files: MemoryFiles = {
    disk: { total: 2 ** 50, free: 2 ** 50 },
    put: (content) => put(Buffer.from(content)),
    get hashes() {
      return [...whole.keys()]
    },
    arrived: (sha256) => arriving.get(sha256) ?? 0,
    stat: (sha256) => Promise.resolve(fileOf(sha256)),
    partial: (sha256) => Promise.resolve(partials.get(sha256)?.content.length ?? 0),
    write: async ({ sha256, offset, body, maxBytes }) => {
      const begun = sha256 === null ? undefined : partials.get(sha256)?.content
      if (offset !== (begun?.length ?? 0) && offset !== 0) throw new FileError('offset', 'the beginning is not here')
      const pieces: Buffer[] = offset === 0 || begun === undefined ? [] : [begun]
      try {
        for await (const piece of body) {
          pieces.push(Buffer.from(piece as Uint8Array))
          if (sha256 !== null) arriving.set(sha256, Buffer.concat(pieces).length)
        }
      } catch (cause) {
        if (sha256 !== null) partials.set(sha256, { content: Buffer.concat(pieces), at_ms: clock.now() })
        throw new FileError('broken_off', 'the body broke off', { cause })
      }
      if (sha256 !== null) partials.delete(sha256)
      const content = Buffer.concat(pieces)
      if (content.length > maxBytes) throw new FileError('too_large', 'too large')
      if (content.length > files.disk.free) throw new FileError('full', 'the disk is full')
      if (sha256 !== null && hashOf(content) !== sha256) throw new FileError('mismatch', 'another content')
      const isNew = !whole.has(hashOf(content))
      return { sha256: put(content), bytes: content.length, used_ms: clock.now(), isNew }
    },
    read: (sha256, start, end) => {
      const content = whole.get(sha256)?.content
      return Promise.resolve(content && Readable.from([content.subarray(start, end)], { objectMode: false }))
    },
    touch: (hashes) => {
      for (const sha256 of hashes) {
        const file = whole.get(sha256)
        if (file !== undefined) file.used_ms = clock.now()
      }
      return Promise.resolve()
    },
    remove: (sha256) => {
      whole.delete(sha256)
      return Promise.resolve()
    },
    async *list() {
      for (const sha256 of [...whole.keys()]) {
        const file = await files.stat(sha256)
        if (file !== undefined) yield file
      }
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the port lists asynchronously
    async *partials() {
      for (const [sha256, { content, at_ms }] of [...partials]) yield { sha256, bytes: content.length, used_ms: at_ms }
    },
    removePartial: ({ sha256, used_ms }) =>
      Promise.resolve(partials.get(sha256)?.at_ms === used_ms && partials.delete(sha256)),
    space: () => Promise.resolve(files.disk),
  }
  return files
}
