/** Reads that are made again and again: one that fails because the server is away for a while ends nothing. */
import { judge } from '../../client/retrying.ts'

/**
 * How many milliseconds the next read waits at least, after one that failed.
 * @throws the error itself, where to read again makes no sense
 */
export const patienceAfter = (error: unknown): number => {
  const verdict = judge(error, { repeatable: true })
  if (!verdict.again) throw error
  return verdict.atLeastMs
}
