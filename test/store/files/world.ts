/** Files for the tests of the store: bytes, their hashes, and bodies that come in pieces, or break off. */
import { createHash, randomBytes } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { FileError, type FileStore, type StoredFile } from '../../../src/cluster/ports/files.ts'

/** The hash by which bytes are known. */
export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes that nobody else has. */
export const someBytes = (count = 100_000): Buffer => randomBytes(count)

const PIECE = 16_384

const pieces = function* (bytes: Buffer) {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE)
}

/** A body of these bytes. */
export const bodyOf = (bytes: Buffer): Readable => Readable.from(pieces(bytes), { objectMode: false })

/** A body that fails behind these bytes. */
export const brokenBody = (bytes: Buffer): Readable =>
  Readable.from(
    // eslint-disable-next-line @typescript-eslint/require-await -- a body comes asynchronously
    (async function* () {
      yield* pieces(bytes)
      throw new Error('the connection was lost')
    })(),
    { objectMode: false },
  )

/** How a writing failed: the kind of its `FileError`. */
export const kindOf = async (writing: Promise<unknown>): Promise<string> => {
  try {
    await writing
  } catch (error) {
    return error instanceof FileError ? error.kind : String(error)
  }
  return 'stored'
}

/** All that lies in a directory but its directories, by relative path. */
export const pathsIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => !lstatSync(path).isDirectory())
    .map((path) => relative(directory, path))
    .sort()

/** All files of a store. */
export const listed = async (files: FileStore): Promise<StoredFile[]> => {
  const all: StoredFile[] = []
  for await (const file of files.list()) all.push(file)
  return all
}
