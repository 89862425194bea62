/** Lists that share the height of a screen. */
import { counted } from './presentation.ts'
import { type Column, table } from './output.ts'

/** How many rows each of two lists gets: one has what the other leaves, and half where both want more. */
export const sharedRows = (room: number, first: number, second: number): readonly [number, number] => {
  const rows = Math.min(first, Math.max(Math.floor(room / 2), room - second))
  return [rows, Math.min(second, room - rows)]
}

/** What a list shows of all that there is. */
export type Part<T> = {
  readonly items: readonly T[]
  /** How many there are, also beyond the items. */
  readonly total: number
  /** What one is called, where some have no room. */
  readonly name: string
}

/** The lines of a table with as many rows below its heading at most; the last of them counts what has no room. */
export const tableIn = <T>(
  rows: number,
  { items, total, name }: Part<T>,
  columns: readonly Column<T>[],
): readonly string[] => {
  const shown = total <= rows ? items : items.slice(0, Math.max(0, rows - 1))
  const lines = table(shown, columns).trimEnd().split('\n')
  return shown.length === total ? lines : [...lines, `… and ${counted(total - shown.length, `more ${name}`)}`]
}
