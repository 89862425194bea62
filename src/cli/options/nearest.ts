/** "Did you mean …?" */
import { closest, distance } from 'fastest-levenshtein'

/** The suggestion that ends a sentence about an unknown name: ` Did you mean X?`, or nothing where none is near. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  if (known.length === 0) return ''
  const best = closest(name, known)
  // A third of the letters may differ; beyond that a guess confuses more than it helps (git and commander do alike).
  return distance(name, best) <= Math.max(1, Math.floor(best.length / 3)) ? ` Did you mean ${best}?` : ''
}
