/** Pages of a listing. */
import type { Output } from './output.ts'

/** Tells on stderr of a next page; json and yaml bear its cursor themselves. */
export const tellOfMore = ({ format, note }: Output, next_cursor: string | null): void => {
  if (next_cursor === null || format === 'json' || format === 'yaml') return
  note(`There are more: --cursor ${next_cursor}\n`)
}
