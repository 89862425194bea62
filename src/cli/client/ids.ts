/** Ids on the command line: one by one, or from the standard input. */
import { text } from 'node:stream/consumers'

/** One call takes so many (CONTRACT.md §5). */
const MOST_IDS = 1000

/** Ids, as many at a time as one call takes. */
export const perCall = (ids: readonly string[]): readonly string[][] =>
  Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, step) =>
    ids.slice(step * MOST_IDS, (step + 1) * MOST_IDS),
  )

/** The ids that a command names, each once; `-` stands for the lines of the standard input. */
export const idsOf = async (args: readonly string[]): Promise<string[]> => {
  const lines = args.includes('-') ? (await text(process.stdin)).split('\n').map((line) => line.trim()) : []
  return [...new Set([...args, ...lines])].filter((id) => id !== '-' && id !== '')
}
