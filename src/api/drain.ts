/** Reads and drops what is left of a request body, so that a client that is still writing sees the answer. */
import type { IncomingMessage } from 'node:http'

/** CONTRACT.md §2: after this much the connection is closed instead. */
export const DRAIN_LIMIT = 16 * 1024 * 1024

/** Resolves true when the whole body has been read, false where it is longer than `limit` bytes, or broke off. */
export const drain = (request: IncomingMessage, limit = DRAIN_LIMIT): Promise<boolean> => {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  const isEmpty = coding === undefined && (length === undefined || length === '0')
  if (isEmpty || request.readableEnded) return Promise.resolve(true)
  if (Number(length) > limit || request.destroyed) return Promise.resolve(false)

  return new Promise((settle) => {
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
}
