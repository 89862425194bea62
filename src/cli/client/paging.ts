/** Pages of a listing. */
import { harmless } from '../harmless.ts'
import type { Output } from './output.ts'

/** Tells on stderr of a next page; json and yaml bear its cursor themselves. */
export const tellOfMore = ({ format, note }: Output, next_cursor: string | null): void => {
  if (next_cursor === null || format === 'json' || format === 'yaml') return
  note(`There are more: --cursor ${next_cursor}\n`)
}

/** Tasks or devices of a page where all pages are walked: the most that the API gives. */
export const WHOLE_PAGE = 1000

/** Ids are piped into what acts, which is meant for all of them: without a bound of the caller's own, all pages are walked. */
export const wantsAll = (
  { quiet }: Output,
  { limit, cursor }: { readonly limit?: unknown; readonly cursor?: unknown },
): boolean => quiet && limit === undefined && cursor === undefined

/** Writes all ids, as they come. */
export const writeIds = async <T>(
  output: Output,
  items: AsyncIterable<T>,
  idOf: (item: T) => string,
): Promise<void> => {
  for await (const item of items) await output.write(`${harmless(idOf(item))}\n`)
}
