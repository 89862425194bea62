/** Bytes that arrive, on their way to a file: hashed as they are written, and never more of them in memory than one piece. */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, statfs } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { FileError, type FileWriting } from '../../cluster/ports/files.ts'
import { isSystemError } from '../durable.ts'

const MIB = 2 ** 20

/** How often the disk is looked at, in bytes written. */
const LOOK_BYTES = 16 * MIB
/** How often what was written is brought to the disk, in bytes: else the end of a large file waits minutes for a slow card. */
const SYNC_BYTES = 64 * MIB

/** Codes of a disk, or of somebody's share of it, that has no room for more; and of a file system that has none for a file so large. */
const fullCodes: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** The error of the port for one of the system. */
export const asFileError = (error: unknown): unknown =>
  isSystemError(error) && fullCodes.has(error.code)
    ? new FileError('full', 'the disk has no room for it', { cause: error })
    : error

/** What comes, and how it ended: an error of the body is told from one of the disk. */
async function* arriving(body: Readable): AsyncGenerator<Buffer> {
  try {
    // Left open when we stop: under it is the connection that is to bear the answer.
    for await (const piece of body.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch (cause) {
    throw new FileError('broken_off', 'the transfer broke off', { cause })
  }
}

const hashBeginning = async (file: FileHandle, bytes: number, hash: Hash): Promise<void> => {
  if (bytes === 0) return
  for await (const piece of file.createReadStream({ start: 0, end: bytes - 1, autoClose: false }))
    hash.update(piece as Buffer)
}

const writeWhole = async (file: FileHandle, piece: Buffer, position: number): Promise<void> => {
  for (let written = 0; written < piece.length;) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written)
    written += bytesWritten
  }
}

/** What is written, and what must stay free on the disk besides. */
export type Receiving = Pick<FileWriting, 'offset' | 'body' | 'maxBytes'> & {
  /** A directory on the disk of the file. */
  readonly directory: string
  readonly spareBytes: number
}

/**
 * Writes what arrives behind the first `offset` bytes of a file, which are hashed with it.
 * @returns the hash and the size of the whole; none of it is on disk for certain yet
 * @throws FileError `too_large`, `full`, `broken_off`
 */
export const receive = async (
  file: FileHandle,
  { offset, body, maxBytes, directory, spareBytes }: Receiving,
): Promise<{ readonly sha256: string; readonly bytes: number }> => {
  const hash = createHash('sha256')
  await hashBeginning(file, offset, hash)
  let bytes = offset
  let lookAt = offset
  let syncAt = offset + SYNC_BYTES

  for await (const piece of arriving(body)) {
    if (bytes + piece.length > maxBytes)
      throw new FileError('too_large', `no file may have more than ${maxBytes} bytes`)
    if (bytes >= lookAt) {
      const { bavail, bsize } = await statfs(directory)
      if (bavail * bsize < spareBytes + piece.length) throw new FileError('full', 'the disk has no room for it')
      lookAt = bytes + LOOK_BYTES
    }
    hash.update(piece)
    await writeWhole(file, piece, bytes)
    bytes += piece.length
    if (bytes < syncAt) continue
    await file.datasync()
    syncAt = bytes + SYNC_BYTES
  }
  return { sha256: hash.digest('hex'), bytes }
}
