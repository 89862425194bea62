/** JSON in one spelling only, for what is hashed. */

const inOrder = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value

/** Equal values have equal texts, in whatever order their fields came (RFC 8785, the JSON Canonicalization Scheme). */
export const canonicalJson = (value: object): string => JSON.stringify(value, inOrder)
