/** SHA-256 of what lies on the disk, read in pieces. */
import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

/** Bytes of a piece: large enough for a slow disk, and no burden on a small device. */
const PIECE_BYTES = 256 * 1024

/** The hash of a file from its beginning to its end, to which more can be added, and how many bytes it is of. */
export const hashOf = async (file: FileHandle): Promise<{ readonly hash: Hash; readonly bytes: number }> => {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, bytes)
    if (bytesRead === 0) return { hash, bytes }
    hash.update(piece.subarray(0, bytesRead))
    bytes += bytesRead
  }
}
