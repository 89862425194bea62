/** Guesses what a misspelt name was meant to be. */
import { distance } from 'fastest-levenshtein'

/** A third of the letters may be wrong, or two that were swapped, which cost two: `hihg` is high, `foo` is nothing of ours. */
const wrongAtMost = (candidate: string) => (candidate.length < 4 ? 1 : Math.max(2, candidate.length / 3))

/** Longer names are no misspellings of ours, and comparing them costs their length. */
const LONGEST_NAME = 64

/** The one of `names` that is nearest to `name` by edit distance, letter case aside; undefined where none is near. */
export const nearest = (name: string, names: readonly string[]): string | undefined => {
  if (name.length > LONGEST_NAME) return undefined
  const lower = name.toLowerCase()
  const [best] = names
    .map((candidate) => ({ candidate, wrong: distance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, wrong }) => wrong <= wrongAtMost(candidate))
    .sort((a, b) => a.wrong - b.wrong)
  return best?.candidate
}
