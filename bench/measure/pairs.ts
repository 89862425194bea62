/** Interleaved pairs: what else the machine does falls on both sides alike. */

/** Figures of one run, by name. */
export type Figures = Readonly<Record<string, number>>

/** What is compared: each call is one run. */
export type Sides<F extends Figures> = { readonly ours: () => Promise<F>; readonly ceiling: () => Promise<F> }

/** One pair. */
export type Pair<F extends Figures> = { readonly ours: F; readonly ceiling: F }

/**
 * Measures A B A B … so often. A first pair is thrown away where it is to warm up compilers and caches.
 * @param tell - is told which pair has been measured
 */
export const inPairs = async <F extends Figures>(
  sides: Sides<F>,
  pairs: number,
  tell: (what: string) => void,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<Pair<F>[]> => {
  const measured: Pair<F>[] = []
  for (let number = warmUp ? 0 : 1; number <= pairs; number += 1) {
    const ours = await sides.ours()
    const pair = { ours, ceiling: await sides.ceiling() }
    tell(number === 0 ? 'warm' : `pair ${number} of ${pairs}`)
    if (number > 0) measured.push(pair)
  }
  return measured
}
