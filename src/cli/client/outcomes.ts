/** What many calls answered that each did a part of the work. */

/** What one call answered: what became of each, and for how many it was done. */
export type Part = { readonly outcomes: readonly unknown[]; readonly changed: number }

/**
 * Joins the answers of several calls, and shows them as one: also where a later call fails.
 * @param none - the answer where nothing was asked
 * @returns the answers as one
 */
export const shownAsOne = async <P extends Part>(
  none: P,
  parts: AsyncIterable<P>,
  show: (whole: P) => Promise<void>,
): Promise<P> => {
  let whole = none
  try {
    for await (const part of parts)
      whole = { ...part, outcomes: [...whole.outcomes, ...part.outcomes], changed: whole.changed + part.changed }
  } catch (error) {
    if (whole.outcomes.length > 0) await show(whole)
    throw error
  }
  await show(whole)
  return whole
}
