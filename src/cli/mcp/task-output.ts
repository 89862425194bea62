/** What tasks print: a piece at a time for tools, whole as a resource. */
import type { Connection } from '../../client/connection.ts'
import { TEXT_LIMIT } from './answers.ts'
import { beginning } from './cut.ts'

/** A piece of what a task has printed. */
export type OutputPiece = {
  readonly text: string
  /** The `offset` that goes on from here. */
  readonly next_offset: number
  /** Whether more is there already. */
  readonly more: boolean
}

/** What a task has printed so far, from `offset` on. @throws ApiError, ConnectionError */
export const readOutput = async (
  connection: Connection,
  task_id: string,
  offset: number,
  signal: AbortSignal,
): Promise<string> => {
  const asked = { path: { task_id }, query: { offset }, call: { signal } }
  const response = await connection.open('getTaskOutput', asked, { accept: 'text/plain' })
  return response.text()
}

/** As much of a text as an agent is given at once. `offset`: where it begins, in UTF-16 units. */
export const pieceOf = (text: string, offset: number): OutputPiece => {
  const piece = beginning(text, TEXT_LIMIT)
  return { text: piece, next_offset: offset + piece.length, more: text.length > piece.length }
}
