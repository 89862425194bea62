/** The bytes of one file as pieces of one size, one of which is in memory at a time. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { FileError } from '../../cluster/ports/files.ts'
import { deposedError } from './postgres-error.ts'
import type { Run } from './run.ts'

/** Bytes of a piece; the last one of a file may be shorter. */
const PIECE = 256 * 1024
/** Pieces that are removed by one statement. */
const REMOVED_AT_A_TIME = 64

/** Bytes of a file that are here. */
export const bytesOf = async (run: Run, file: number): Promise<number> => {
  const { rows } = await run<{ bytes: number }>(
    `SELECT number::bigint * ${PIECE} + octet_length(bytes) AS bytes FROM file_pieces
      WHERE file = $1 ORDER BY number DESC LIMIT 1`,
    [file],
  )
  return rows[0]?.bytes ?? 0
}

const pieceOf = async (run: Run, file: number, number: number): Promise<Buffer> => {
  const { rows } = await run<{ bytes: Buffer }>('SELECT bytes FROM file_pieces WHERE file = $1 AND number = $2', [
    file,
    number,
  ])
  const [piece] = rows
  if (piece === undefined) throw new Error(`a piece of a file is not there (${file}, ${number})`)
  return piece.bytes
}

async function* piecesOf(run: Run, file: number, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end;) {
    const number = Math.floor(position / PIECE)
    const piece = await pieceOf(run, file, number)
    const first = number * PIECE
    yield piece.subarray(position - first, Math.min(end - first, piece.length))
    position = first + piece.length
  }
}

/** Its bytes from `start` to before `end`, each piece read when it is wanted. */
export const readPieces = (run: Run, file: number, start: number, end: number): Readable =>
  Readable.from(piecesOf(run, file, start, end), { objectMode: false, highWaterMark: PIECE })

/** What comes, and how it ended: an error of the body is told from one of the database. */
async function* arriving(body: Readable): AsyncGenerator<Buffer> {
  try {
    // Left open when we stop: under it is the connection that is to bear the answer.
    for await (const piece of body.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch (cause) {
    throw new FileError('broken_off', 'the transfer broke off', { cause })
  }
}

/**
 * Writes what arrives behind the first `offset` bytes of a file, which are hashed with it. Where it breaks off, what came is kept.
 * @returns the hash and the size of the whole
 * @throws FileError `too_large`, `broken_off`
 */
export const writePieces = async (
  run: Run,
  { id: file, owner }: { readonly id: number; readonly owner: string },
  { offset, body, maxBytes }: { readonly offset: number; readonly body: Readable; readonly maxBytes: number },
): Promise<{ readonly sha256: string; readonly bytes: number }> => {
  const hash = createHash('sha256')
  const whole = offset - (offset % PIECE)
  for await (const piece of piecesOf(run, file, 0, whole)) hash.update(piece)
  const put = async (number: number, bytes: Buffer) => {
    // Whoever takes the file over waits for this piece, and none comes after that.
    const { changed } = await run(
      `INSERT INTO file_pieces SELECT id, $2, $3 FROM files WHERE id = $1 AND owner = $4 FOR SHARE
        ON CONFLICT (file, number) DO UPDATE SET bytes = excluded.bytes`,
      [file, number, bytes, owner],
    )
    if (changed === 0) throw deposedError()
  }
  let number = whole / PIECE
  /** What waits until there is a piece of it: at first what was begun of the last one. */
  let waiting = whole === offset ? [] : [await pieceOf(run, file, number)]
  let waitingBytes = offset - whole
  let bytes = offset

  const flush = async () => {
    const piece = Buffer.concat(waiting)
    hash.update(piece)
    await put(number, piece)
    number += 1
    waiting = []
    waitingBytes = 0
  }
  try {
    for await (const came of arriving(body)) {
      if (bytes + came.length > maxBytes)
        throw new FileError('too_large', `no file may have more than ${maxBytes} bytes`)
      bytes += came.length
      for (let from = 0; from < came.length;) {
        const part = came.subarray(from, from + PIECE - waitingBytes)
        waiting.push(part)
        waitingBytes += part.length
        from += part.length
        if (waitingBytes === PIECE) await flush()
      }
    }
  } catch (error) {
    if (error instanceof FileError && error.kind === 'broken_off' && waitingBytes > 0) await flush()
    throw error
  }
  if (waitingBytes > 0) await flush()
  return { sha256: hash.digest('hex'), bytes }
}

/** Removes the pieces of a file, a few at a time, so that nobody waits long for it. */
export const removePieces = async (run: Run, file: number): Promise<void> => {
  for (let more = true; more;) {
    const { changed } = await run(
      `DELETE FROM file_pieces WHERE file = $1 AND number IN
        (SELECT number FROM file_pieces WHERE file = $1 ORDER BY number LIMIT ${REMOVED_AT_A_TIME})`,
      [file],
    )
    more = changed === REMOVED_AT_A_TIME
  }
}
