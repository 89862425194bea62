/** The body of an answer, as text in the pieces in which it comes. */
import { ConnectionError } from './errors.ts'

/**
 * Walks the text of a body. Leaving the loop closes the connection.
 * @param quietMs - after so many milliseconds without a piece, the connection is taken for dead
 * @throws ConnectionError where it breaks off; the reason of `signal`, once it is aborted
 */
export async function* textPieces(
  response: Response,
  { quietMs, signal }: { readonly quietMs?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  const decoder = new TextDecoder()
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    for (;;) {
      if (quietMs !== undefined)
        timer = setTimeout(() => void reader.cancel('nothing came').catch(() => undefined), quietMs)
      const { done, value } = await reader.read()
      clearTimeout(timer)
      if (done) break
      const text = decoder.decode(value, { stream: true })
      if (text !== '') yield text
    }
    const last = decoder.decode()
    if (last !== '') yield last
  } catch (error) {
    signal?.throwIfAborted()
    throw new ConnectionError('The connection broke off.', { cause: error })
  } finally {
    clearTimeout(timer)
    // Whoever stops reading lets go of the connection; on one that has ended there is nothing to let go of.
    await reader.cancel().catch(() => undefined)
  }
}
