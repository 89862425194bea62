/** The body of an answer, in the pieces in which it comes. */
import { ConnectionError } from './errors.ts'

/** How a body is read. */
export type Reading = {
  /** After so many milliseconds without a piece, the connection is taken for dead. */
  readonly quietMs?: number
  readonly signal?: AbortSignal
}

/**
 * Walks the bytes of a body. Leaving the loop closes the connection.
 * @throws ConnectionError where it breaks off; the reason of `signal`, once it is aborted
 */
export async function* bytePieces(
  response: Response,
  { quietMs, signal }: Reading = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (response.body === null) return
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    for (;;) {
      if (quietMs !== undefined)
        timer = setTimeout(() => void reader.cancel('nothing came').catch(() => undefined), quietMs)
      const { done, value } = await reader.read()
      clearTimeout(timer)
      if (done) return
      yield value
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw new ConnectionError('The connection broke off.', { cause: error })
  } finally {
    clearTimeout(timer)
    // Whoever stops reading lets go of the connection; on one that has ended there is nothing to let go of.
    await reader.cancel().catch(() => undefined)
  }
}
