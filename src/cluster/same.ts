/** What has not changed since is given out again as the very same object: whoever made something of it need not make it anew. */

/** Whether two lists have the same items, each the same object or value. */
export const sameItems = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((item, n) => Object.is(item, others[n]))

/** Keeps what was made last under each of the last few names, with what it was made from. */
export const keepLast = <T extends object>(
  most: number,
): ((name: string, from: readonly unknown[], make: () => T) => T) => {
  const kept = new Map<string, { readonly from: readonly unknown[]; readonly made: T }>()
  return (name, from, make) => {
    const known = kept.get(name)
    if (known !== undefined && sameItems(known.from, from)) return known.made
    const made = Object.freeze(make())
    kept.delete(name)
    kept.set(name, { from, made })
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return made
  }
}
