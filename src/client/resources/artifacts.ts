/** Files. */
import type { CallOptions, Connection, Content } from '../connection.ts'
import { ConnectionError, isApiError } from '../errors.ts'
import { bytePieces } from '../byte-pieces.ts'
import type { Artifact, DataOf } from '../operations.ts'
import { delayMs, judge, pause } from '../retrying.ts'

/** How a file is uploaded. */
export type UploadOptions = {
  /**
   * SHA-256 of the whole content, lower-case hexadecimal. With it a transfer that went wrong is refused, and of a `Blob` or bytes
   * one that breaks goes on where it was. When absent: whatever comes is stored, and the answer says what it was.
   */
  readonly sha256?: string
  /** So many bytes are there already, as `missing` tells in `partial`. When absent, that is asked of a large file. */
  readonly offset?: number
  /** How the call is made; without `timeoutMs` it may last. */
  readonly call?: CallOptions
}

/** What of files is not stored. */
export type MissingArtifacts = DataOf<'findMissingArtifacts'>

/** The operations on files. */
export interface ArtifactsResource {
  /** Stores a file. A `Blob` is read piece by piece; a stream is sent once, as it comes (browsers: only over HTTP/2). */
  upload(content: Content, options?: UploadOptions): Promise<Artifact>
  /**
   * The bytes of a file, in pieces as they come. A connection that breaks is made anew, and it goes on where it was. Nothing is
   * compared with the hash: whoever must be sure does that.
   * @param options - `start`: the first byte that is wanted
   * @example
   * ```ts
   * const pieces: Uint8Array<ArrayBuffer>[] = []
   * for await (const piece of client.artifacts.download(sha256)) pieces.push(piece)
   * const blob = new Blob(pieces)
   * ```
   */
  download(
    sha256: string,
    options?: { readonly start?: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
  /** Which of these are not stored, and of which of them a part is: any number, each once, asked for by the thousand. */
  missing(sha256: readonly string[], call?: CallOptions): Promise<MissingArtifacts>
  /** Removes a file. One that unfinished tasks name is refused with `ARTIFACT_IN_USE`. */
  remove(sha256: string, call?: CallOptions): Promise<DataOf<'removeArtifact'>>
}

/** One call takes so many hashes. */
const HASHES_A_CALL = 1000

/** Less is sent again sooner than it is asked for, and a question counts as a read. */
const LEAST_ASKED_BYTES = 1024 * 1024

const sizeOf = (content: Blob | Uint8Array): number => (content instanceof Blob ? content.size : content.length)

/** So often it is tried without a byte more before it is given up. */
const MOST_FAILURES = 8

/** A file that comes gives a piece at least so often, milliseconds, or its connection is dead. */
const QUIET_MS = 60_000

/** A part of a file that came, and where in the file it ends. */
type Part = { readonly piece: Uint8Array<ArrayBuffer>; readonly end: number }

/**
 * The bytes of an answer from `start` on.
 * @param start - where the answer was asked to begin; one to which parts are unknown, as some proxies are, sends all
 * @throws ConnectionError where it ends before the file does
 */
async function* partsFrom(response: Response, start: number, call: CallOptions): AsyncGenerator<Part> {
  let end = response.status === 206 ? start : 0
  const last = end + Number(response.headers.get('content-length'))
  for await (const piece of bytePieces(response, { quietMs: QUIET_MS, ...call })) {
    const known = Math.max(0, start - end)
    end += piece.length
    if (known < piece.length) yield { piece: piece.subarray(known), end }
  }
  if (end < last) throw new ConnectionError('The connection broke off.')
}

/** The operations on files, over a connection. */
export const artifactsResource = (connection: Connection): ArtifactsResource => {
  const missing: ArtifactsResource['missing'] = async (sha256, call = {}) => {
    const all: { missing: string[]; partial: MissingArtifacts['partial'] } = { missing: [], partial: [] }
    const different = [...new Set(sha256)]
    for (let from = 0; from < different.length; from += HASHES_A_CALL) {
      const body = { sha256: different.slice(from, from + HASHES_A_CALL) }
      const part = await connection.call('findMissingArtifacts', { body, call, persistent: true })
      all.missing.push(...part.missing)
      all.partial.push(...part.partial)
    }
    return all
  }
  /** Sends what is not there yet. @param offset - where it goes on, bytes */
  const send = (content: Content, offset: number, { sha256, call = {} }: UploadOptions): Promise<Artifact> => {
    const query = { ...(sha256 === undefined ? {} : { sha256 }), ...(offset === 0 ? {} : { offset }) }
    const rest =
      offset === 0
        ? content
        : content instanceof Blob
          ? content.slice(offset)
          : (content as Uint8Array<ArrayBuffer>).subarray(offset)
    return connection.call('storeArtifact', { query, content: rest, call })
  }
  const reached = async (sha256: string, call: CallOptions): Promise<number> =>
    (await missing([sha256], call)).partial[0]?.bytes ?? 0
  return {
    missing,
    upload: async (content, options = {}) => {
      const { sha256, call = {} } = options
      if (sha256 === undefined || content instanceof ReadableStream) return send(content, 0, options)
      let offset = options.offset ?? (sizeOf(content) < LEAST_ASKED_BYTES ? 0 : await reached(sha256, call))
      for (let failures = 1; ; failures += 1) {
        try {
          return await send(content, offset, options)
        } catch (error) {
          // Somebody else has sent more of it, or its beginning is gone: where it goes on is asked for anew.
          const isElsewhere = isApiError(error, 'VALIDATION_ERROR') && offset > 0
          const verdict = isElsewhere ? { again: true as const, atLeastMs: 0 } : judge(error, { repeatable: true })
          if (!verdict.again || failures > MOST_FAILURES) throw error
          await pause(delayMs(failures, verdict.atLeastMs), call.signal)
          const now = await reached(sha256, call)
          if (now > offset) failures = 0
          offset = now
        }
      }
    },
    async *download(sha256, { start = 0, signal } = {}) {
      const call = signal === undefined ? {} : { signal }
      let reached = start
      for (let failures = 0; ; failures += 1) {
        try {
          const headers: Record<string, string> = reached === 0 ? {} : { range: `bytes=${reached}-` }
          const response = await connection.open('getArtifact', { path: { sha256 }, call }, headers)
          for await (const { piece, end } of partsFrom(response, reached, call)) {
            reached = end
            failures = 0
            yield piece
          }
          return
        } catch (error) {
          signal?.throwIfAborted()
          const verdict = judge(error, { repeatable: true })
          if (!verdict.again || failures > MOST_FAILURES) throw error
          await pause(delayMs(failures + 1, verdict.atLeastMs), signal)
        }
      }
    },
    remove: (sha256, call = {}) => connection.call('removeArtifact', { path: { sha256 }, call }),
  }
}
