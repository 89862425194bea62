/** Requests that may be sent again without being done again (CONTRACT.md §4). */
import { type Static, Type } from '@sinclair/typebox'
import { requestHeaders } from './component.ts'
import { text } from './primitives.ts'

/** What an Idempotency-Key is made of: what a header carries unchanged everywhere. */
export const IDEMPOTENCY_KEY_PATTERN = '^[\\x20-\\x7e]+$'

/** Headers of a request that makes tasks. */
export const IdempotentHeaders = requestHeaders({
  'Idempotency-Key': Type.Optional(
    text(
      'Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice.',
      255,
      { minLength: 1, pattern: IDEMPOTENCY_KEY_PATTERN, examples: ['8e03978e-40d5-43e8-bc93-6894a57f9324'] },
    ),
  ),
})
/** Headers of a request that makes tasks. */
export type IdempotentHeaders = Static<typeof IdempotentHeaders>
