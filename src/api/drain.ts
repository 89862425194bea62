/** Reads and drops what is left of a request body, so that a client that is still writing sees the answer. */
import type { IncomingMessage } from 'node:http'

/** CONTRACT.md §2: so many bytes beyond what a body may have are read and dropped. */
export const DRAIN_LIMIT = 16 * 1024 * 1024

/** A client that was answered, and writes nothing for so long, is cut off. */
const SILENCE_MS = 5000

/** Whether there is nothing left to be read of a body. */
export const isRead = ({ headers, readableEnded }: IncomingMessage): boolean => {
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  return readableEnded || (coding === undefined && (length === undefined || length === '0'))
}

/** Resolves true when the body has been read to its end, false where `limit` bytes are not all of it, or it broke off. */
const readToEnd = (request: IncomingMessage, limit: number): Promise<boolean> =>
  new Promise((settle) => {
    let dropped = 0
    const end = (whole: boolean) => {
      request.off('data', count).off('end', ended).off('close', broken).off('error', broken)
      settle(whole)
    }
    const count = (chunk: Buffer) => {
      dropped += chunk.length
      if (dropped > limit) end(false)
    }
    const ended = () => end(true)
    const broken = () => end(false)
    request.on('data', count).on('end', ended).on('close', broken).on('error', broken)
    request.resume()
  })

/** Resolves true when the whole body has been read, false where it is longer than `limit` bytes, or broke off. */
export const drain = async (request: IncomingMessage, limit: number): Promise<boolean> => {
  if (isRead(request)) return true
  if (Number(request.headers['content-length']) > limit || request.destroyed) return false
  return readToEnd(request, limit)
}

/**
 * The answer to a body that is not waited for: it leaves at once, and is ended only after up to `limit` bytes more. A server
 * that closes while its client writes resets the connection, and the client never reads the answer (RFC 9112 §9.6).
 */
export async function* beforeTheEnd(answer: string, request: IncomingMessage, limit: number): AsyncGenerator<string> {
  yield answer
  if (request.destroyed) return
  request.setTimeout(SILENCE_MS)
  await readToEnd(request, limit)
}
