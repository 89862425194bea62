/** What is said of several measurements of the same thing. */

/** The value below which this share of them lies; NaN of none. `share`: 0 to 1. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
}

/** Their middle, and the least and the greatest of them. */
export type Spread = { readonly median: number; readonly least: number; readonly greatest: number }

/** Of an even number the middle is the mean of the two in the middle. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((one, other) => one - other)
  const half = (sorted.length - 1) / 2
  const [low = NaN, high = NaN] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]]
  return { median: (low + high) / 2, least: sorted[0] ?? NaN, greatest: sorted.at(-1) ?? NaN }
}
