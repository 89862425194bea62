/** What several operations have alike stands in the document once, as a component. */

/** Parts by the name that each would have as a component. */
export type Shared = {
  /** The components: by name, in alphabetical order. */
  readonly components: Readonly<Record<string, object>>
  /** A reference to the component that a part became; the part itself where it is the only one of its kind. */
  place(name: string, part: object): object
}

/**
 * Finds what occurs more than once. Two different parts of one name both stay where they are, but for the one that occurs most.
 * @param section - where the components go, such as `responses`
 */
export const shareAlike = (section: string, parts: Iterable<readonly [name: string, part: object]>): Shared => {
  const uses = new Map<string, { readonly name: string; readonly text: string; readonly part: object; count: number }>()
  for (const [name, part] of parts) {
    const text = JSON.stringify(part)
    const key = `${name} ${text}`
    const known = uses.get(key)
    if (known === undefined) uses.set(key, { name, text, part, count: 1 })
    else known.count += 1
  }
  const components = new Map<string, { readonly text: string; readonly part: object }>()
  for (const { name, text, part, count } of [...uses.values()].sort((a, b) => b.count - a.count))
    if (count > 1 && !components.has(name)) components.set(name, { text, part })

  const named = [...components].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    components: Object.fromEntries(named.map(([name, { part }]) => [name, part])),
    place: (name, part) =>
      components.get(name)?.text === JSON.stringify(part) ? { $ref: `#/components/${section}/${name}` } : part,
  }
}
