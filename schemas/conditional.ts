/** Conditional requests (RFC 9110 §13): the headers with which a caller tells what it has already. */
import { type Static, Type } from '@sinclair/typebox'
import { requestHeaders } from './component.ts'
import { text } from './primitives.ts'

/** One entity tag; a weak one begins with `W/` (RFC 9110 §8.8.3). */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'

const tags = (description: string) =>
  text(description, 8192, {
    minLength: 1,
    pattern: `^(?:\\*|${TAG}(?:[ \\t]*,[ \\t]*${TAG})*)$`,
    examples: ['W/"2jmj7l5rSw0yVb_vlWAYkK_YBwk"'],
  })

/** Headers of a read whose answer bears an `ETag`. */
export const ConditionalReadHeaders = requestHeaders({
  'If-None-Match': Type.Optional(
    tags('The ETag of the answer that you have, or several with commas between them: 304 where it is still the same.'),
  ),
})
/** Headers of a read whose answer bears an `ETag`. */
export type ConditionalReadHeaders = Static<typeof ConditionalReadHeaders>

/** Headers of a read of which parts can be asked for (RFC 9110 §14). */
export const RangeReadHeaders = requestHeaders({
  ...ConditionalReadHeaders.properties,
  Range: Type.Optional(
    text(
      'One range of bytes, `bytes=FIRST-LAST`, `bytes=FIRST-` or `bytes=-LENGTH`: 206 with that part. Anything else, and several ranges, are passed over: 200 with the whole.',
      8192,
      { pattern: '^[\\x09\\x20-\\x7e\\x80-\\xff]*$', examples: ['bytes=2-'] },
    ),
  ),
  'If-Range': Type.Optional(
    text('The ETag of what you have a part of: where it is another now, 200 with the whole.', 8192, {
      pattern: '^[\\x09\\x20-\\x7e\\x80-\\xff]*$',
    }),
  ),
})
/** Headers of a read of which parts can be asked for. */
export type RangeReadHeaders = Static<typeof RangeReadHeaders>

/** Headers of a change that is made only to what the caller has seen. */
export const ConditionalChangeHeaders = requestHeaders({
  'If-Match': Type.Optional(
    tags('The ETag of what you have read: 412 where it has changed since. `*`: whatever it is now.'),
  ),
})
/** Headers of a change that is made only to what the caller has seen. */
export type ConditionalChangeHeaders = Static<typeof ConditionalChangeHeaders>
