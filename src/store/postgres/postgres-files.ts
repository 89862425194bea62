/**
 * The port `FileStore` in the database, for the node that has the lease. What gives a file its name, or takes it, is a transaction
 * that a deposed node cannot commit; pieces without a name are nobody's, and go.
 */
import { randomUUID } from 'node:crypto'
import { finished } from 'node:stream'
import type { Log } from '../../cluster/ports/log.ts'
import {
  FileError,
  type FileStore,
  type FileWriting,
  type StoredFile,
  type WrittenFile,
} from '../../cluster/ports/files.ts'
import { StoreError } from '../../cluster/ports/store.ts'
import { type FileRow, fileRows } from './file-rows.ts'
import { bytesOf, readPieces, removePieces, writePieces } from './pieces.ts'
import { asStoreError } from './postgres-error.ts'
import type { Run } from './run.ts'
import type { Writer } from './writer.ts'

const HASH = /^[0-9a-f]{64}$/

/** What files are kept by. */
export type PostgresFilesOptions = {
  /** A connection of several, each of which is free for a moment's work. */
  readonly run: Run
  readonly transact: Writer['transact']
  readonly log: Log
}

const check = (sha256: string): string => {
  if (!HASH.test(sha256)) throw new RangeError('a file is named by its SHA-256')
  return sha256
}

const storedOf = ({ sha256, bytes, used_ms }: FileRow): StoredFile => ({ sha256, bytes, used_ms })

/** The error of a port: a full database is one of the file's. */
const meaningOf = (error: unknown): unknown => {
  const known = asStoreError(error)
  return known instanceof StoreError && known.kind === 'full'
    ? new FileError('full', 'the database has no room for it', { cause: known })
    : known
}

/** Opens the files of a database, and sweeps what a node that ended has left without a name. */
export const openPostgresFiles = ({ run, transact, log }: PostgresFilesOptions): FileStore => {
  /** Whose are the pieces that are written here. */
  const owner = randomUUID()
  /** Beginnings that somebody is going on with. */
  const taken = new Set<string>()
  /** Readers of a file by its number: its pieces wait for the last one. */
  const readers = new Map<number, number>()
  /** Files that have lost their name while they were read. */
  const leaving = new Set<number>()

  const find = async (sha256: string, isWhole: boolean): Promise<FileRow | undefined> => {
    const { rows } = await run<FileRow>(
      'SELECT id, sha256, bytes, used_ms FROM files WHERE sha256 = $1 AND is_whole = $2::boolean',
      [check(sha256), `${isWhole}`],
    )
    return rows[0]
  }
  const stat = async (sha256: string) => {
    const row = await find(sha256, true)
    return row && storedOf(row)
  }
  const touch = async (hashes: readonly string[]) => {
    await run('UPDATE files SET used_ms = $1 WHERE sha256 = ANY ($2) AND is_whole', [Date.now(), hashes])
  }

  /** Removes a file that has no name any more. */
  const clear = async (id: number) => {
    if ((readers.get(id) ?? 0) > 0) {
      leaving.add(id)
      return
    }
    await removePieces(run, id)
    await run('DELETE FROM files WHERE id = $1 AND sha256 IS NULL', [id])
  }
  /** The same, while nobody waits for it. */
  const clearSoon = (id: number) => {
    clear(id).catch((error: unknown) => log.warn({ err: error }, 'a file could not be removed; the next start does it'))
  }
  const sweep = async () => {
    // What is on its way here has no name either.
    const nameless = 'SELECT id FROM files WHERE sha256 IS NULL AND owner <> $1 ORDER BY id'
    const { rows } = await run<{ id: number }>(nameless, [owner])
    for (const { id } of rows) await clear(id)
  }
  /** Takes a file its name. */
  const unname = async (id: number): Promise<void> => {
    await transact((run) => run('UPDATE files SET sha256 = NULL, is_whole = false WHERE id = $1', [id]))
    clearSoon(id)
  }

  const begin = async (sha256: string | null): Promise<number> => {
    const { rows } = await run<{ id: number }>(
      'INSERT INTO files (sha256, used_ms, owner) VALUES ($1, $2, $3) RETURNING id',
      [sha256, Date.now(), owner],
    )
    const [row] = rows
    if (row === undefined) throw new Error('a file was not begun')
    return row.id
  }

  /** Gives a file that is whole its name; false where another one has it. */
  const name = async (id: number, { sha256, bytes, used_ms }: StoredFile): Promise<boolean> =>
    transact(async (run) => {
      const { changed } = await run(
        `UPDATE files SET sha256 = $2, is_whole = true, bytes = $3, used_ms = $4 WHERE id = $1
          AND NOT EXISTS (SELECT FROM files WHERE sha256 = $2 AND is_whole)`,
        [id, sha256, bytes, used_ms],
      )
      return changed === 1
    })

  const writeTo = async (id: number, { sha256, ...writing }: FileWriting): Promise<WrittenFile> => {
    const received = await writePieces(run, { id, owner }, writing)
    if (sha256 !== null && received.sha256 !== sha256)
      throw new FileError('mismatch', `its SHA-256 is ${received.sha256}, not ${sha256}`)
    const stored = { ...received, used_ms: Date.now() }
    const isNew = await name(id, stored)
    if (!isNew) {
      await touch([received.sha256])
      await unname(id)
    }
    return { ...stored, isNew }
  }

  /** Writes a file that nobody can go on with. */
  const writeNameless = async (writing: FileWriting): Promise<WrittenFile> => {
    if (writing.offset > 0) throw new FileError('offset', 'of what has no name, no beginning is here')
    const id = await begin(null)
    try {
      return await writeTo(id, writing)
    } catch (error) {
      clearSoon(id)
      throw error
    }
  }

  /** Goes on with a beginning, or begins anew. */
  const writeNamed = async (writing: FileWriting & { readonly sha256: string }): Promise<WrittenFile> => {
    const { sha256, offset } = writing
    const begun = await find(sha256, false)
    // Before it is looked at: whoever had it adds nothing any more.
    if (begun !== undefined) await run('UPDATE files SET owner = $2 WHERE id = $1', [begun.id, owner])
    const bytes = begun === undefined ? 0 : await bytesOf(run, begun.id)
    if (offset > 0 && offset !== bytes) throw new FileError('offset', `${bytes} bytes of it are here, not ${offset}`)
    if (begun !== undefined && offset === 0) await unname(begun.id)
    const id = begun === undefined || offset === 0 ? await begin(sha256) : begun.id
    try {
      return await writeTo(id, writing)
    } catch (error) {
      if (error instanceof FileError && error.kind === 'broken_off')
        await run('UPDATE files SET used_ms = $2 WHERE id = $1', [id, Date.now()])
      // Nothing is left of what can't become the file; of what the database did not take, the rest may be sent later.
      else if (error instanceof FileError) await unname(id)
      throw error
    }
  }

  const write = async (writing: FileWriting): Promise<WrittenFile> => {
    const { sha256, offset } = writing
    if (sha256 === null) return writeNameless(writing)
    // Two of the same: the second writes beside the first, and what it has is lost where it breaks off.
    const isFirst = !taken.has(check(sha256))
    if (isFirst) taken.add(sha256)
    try {
      if ((await stat(sha256)) !== undefined) await touch([sha256])
      const stored = await stat(sha256)
      if (stored !== undefined) return { ...stored, isNew: false }
      if (isFirst) return await writeNamed({ ...writing, sha256 })
      if (offset > 0) throw new FileError('offset', 'somebody is going on with it; from the beginning it can be sent')
      return await writeNameless(writing)
    } finally {
      if (isFirst) taken.delete(sha256)
    }
  }

  const over = (id: number) => {
    const left = (readers.get(id) ?? 1) - 1
    if (left > 0) {
      readers.set(id, left)
      return
    }
    readers.delete(id)
    if (leaving.delete(id)) clearSoon(id)
  }

  sweep().catch((error: unknown) =>
    log.warn({ err: error }, 'what has no name could not be removed; the next start does it'),
  )

  return {
    stat,
    partial: async (sha256) => {
      const begun = taken.has(check(sha256)) ? undefined : await find(sha256, false)
      return begun === undefined ? 0 : bytesOf(run, begun.id)
    },
    write: (writing) =>
      write(writing).catch((error: unknown) => {
        throw meaningOf(error)
      }),
    read: async (sha256, start, end) => {
      const row = await find(sha256, true)
      if (row === undefined) return undefined
      readers.set(row.id, (readers.get(row.id) ?? 0) + 1)
      const body = readPieces(run, row.id, start, Math.min(end ?? row.bytes, row.bytes))
      finished(body, () => over(row.id))
      return body
    },
    touch,
    remove: async (sha256) => {
      const row = await find(sha256, true)
      if (row !== undefined) await unname(row.id)
    },
    list: async function* () {
      for await (const row of fileRows(run, 'is_whole')) yield storedOf(row)
    },
    partials: async function* () {
      for await (const row of fileRows(run, 'NOT is_whole AND sha256 IS NOT NULL'))
        yield { ...storedOf(row), bytes: await bytesOf(run, row.id) }
    },
    removePartial: async ({ sha256, used_ms }) => {
      if (taken.has(sha256)) return false
      taken.add(sha256)
      try {
        const begun = await find(sha256, false)
        if (begun !== undefined && begun.used_ms !== used_ms) return false
        if (begun !== undefined) await unname(begun.id)
        return true
      } finally {
        taken.delete(sha256)
      }
    },
    // How much its disk has is known to the machine of the database alone: `files.max_size` is the bound.
    space: () => Promise.resolve({ total: Number.MAX_SAFE_INTEGER, free: Number.MAX_SAFE_INTEGER }),
  }
}
