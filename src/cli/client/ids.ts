/** Ids on the command line: one by one, or from the standard input. */
import { text } from 'node:stream/consumers'

/** One call takes so many (CONTRACT.md §5). */
export const MOST_IDS = 1000

/** The ids that a command names, each once; `-` stands for the lines of the standard input. */
export const idsOf = async (args: readonly string[]): Promise<string[]> => {
  const lines = args.includes('-') ? (await text(process.stdin)).split('\n').map((line) => line.trim()) : []
  return [...new Set([...args, ...lines])].filter((id) => id !== '-' && id !== '')
}
