/** The body of an answer, as text in the pieces in which it comes. */
import { bytePieces, type Reading } from './byte-pieces.ts'

/**
 * Walks the text of a body. Leaving the loop closes the connection.
 * @throws ConnectionError where it breaks off; the reason of `signal`, once it is aborted
 */
export async function* textPieces(response: Response, how: Reading = {}): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  for await (const piece of bytePieces(response, how)) {
    const text = decoder.decode(piece, { stream: true })
    if (text !== '') yield text
  }
  const last = decoder.decode()
  if (last !== '') yield last
}
