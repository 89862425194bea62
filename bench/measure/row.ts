/** A row of the table: what was measured, what is wanted of it, and whether that is reached. */
import type { Pair } from './pairs.ts'
import { type Spread, spreadOf } from './statistics.ts'

/** What is wanted: of the ratio to the ceiling, or of our own figure in its unit. */
export type Wanted = { readonly of: 'ratio' | 'ours' } & ({ readonly least: number } | { readonly most: number })

/** A row. */
export type Row = {
  readonly what: string
  readonly unit: string
  readonly ours: Spread
  /** What it is measured against; null where it stands by itself. */
  readonly ceiling: Spread | null
  /** Ours over the ceiling's, pair by pair. */
  readonly ratio: Spread | null
  /** Processor time of the server for each unit, microseconds, where it was measured. */
  readonly cpuUs: { readonly ours: Spread; readonly ceiling: Spread } | null
  /** Null where nothing is. */
  readonly wanted: Wanted | null
  /** Null where nothing is wanted. */
  readonly isReached: boolean | null
}

/** Whether a figure is as it is wanted. */
export const isReached = (wanted: Wanted, { median }: Spread): boolean =>
  'least' in wanted ? median >= wanted.least : median <= wanted.most

/** What a row says of pairs: the median of their ratios, not the ratio of the medians, so that a slow minute takes both sides with it. */
export const rowOf = <Name extends string>(
  pairs: readonly Pair<Readonly<Record<Name, number>> & { readonly cpuUs?: number }>[],
  figure: Name,
  { what, unit, wanted }: Pick<Row, 'what' | 'unit' | 'wanted'>,
): Row => {
  const ours = spreadOf(pairs.map((pair) => pair.ours[figure]))
  const ceiling = spreadOf(pairs.map((pair) => pair.ceiling[figure]))
  const ratio = spreadOf(pairs.map((pair) => pair.ours[figure] / pair.ceiling[figure]))
  const cpuOf = (side: 'ours' | 'ceiling') => spreadOf(pairs.map((pair) => pair[side].cpuUs ?? NaN))
  const cpuUs = pairs[0]?.ours.cpuUs === undefined ? null : { ours: cpuOf('ours'), ceiling: cpuOf('ceiling') }
  const reached = wanted && isReached(wanted, wanted.of === 'ratio' ? ratio : ours)
  return { what, unit, ours, ceiling, ratio, cpuUs, wanted, isReached: reached }
}

/** A row of figures that stand by themselves. */
export const rowAlone = (
  values: readonly number[],
  { what, unit, wanted }: Pick<Row, 'what' | 'unit'> & { readonly wanted: Wanted },
): Row => {
  const ours = spreadOf(values)
  return { what, unit, ours, ceiling: null, ratio: null, cpuUs: null, wanted, isReached: isReached(wanted, ours) }
}
