/** Keys that make a submission safe to repeat. */

/**
 * 128 random bits, hexadecimal. Not `crypto.randomUUID`: browsers give that to pages from https and localhost only, and a
 * cluster at home is often neither.
 */
export const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
