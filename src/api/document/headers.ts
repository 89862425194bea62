/** `components.headers` of the document, by their names on the wire. */

/**
 * The headers, each described once. What is not marked `required` depends: on flags of the server (limits, CORS), or on the
 * answer. The fields of the IETF draft are written in lower case, as HTTP/2 sends them: names of headers are case-insensitive,
 * and Spectral's OWASP ruleset takes `RateLimit` for an alternative to `X-RateLimit-Limit`, not for an addition.
 */
export const headerComponents = {
  'X-Request-Id': {
    description: 'The id of the request: a UUID, or the X-Request-Id that the caller sent.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9._-]{1,128}$' },
    example: '5f2b6a0e-3b7e-4f7e-9a53-0f8f6f3f2d11',
  },
  'Access-Control-Allow-Origin': {
    description: 'Only where the server is set up to let pages of that origin call it.',
    schema: { type: 'string', minLength: 1, maxLength: 2048, pattern: '^\\S+$' },
    example: 'https://dashboard.example',
  },
  'X-RateLimit-Limit': {
    description:
      'What the budget of this key (or address) holds: requests, streams or, of files, bytes. Absent with `--no-rate-limit`.',
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    example: 1000,
  },
  'X-RateLimit-Remaining': {
    description: 'What is left in it.',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    example: 999,
  },
  'X-RateLimit-Reset': {
    description: 'When it is full again, in seconds since 1970: the instant, not the seconds that are left.',
    schema: { type: 'integer', minimum: 0, maximum: 99_999_999_999 },
    example: 1_795_522_500,
  },
  ratelimit: {
    description:
      'The same in the form of draft-ietf-httpapi-ratelimit-headers: what is left, and for how many seconds.',
    schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[\\x20-\\x7e]+$' },
    example: '"read";r=999;t=900',
  },
  'ratelimit-policy': {
    description: 'The budget in the form of draft-ietf-httpapi-ratelimit-headers: its size, and its window in seconds.',
    schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[\\x20-\\x7e]+$' },
    example: '"read";q=1000;w=900',
  },
  ETag: {
    description: 'The tag of this answer, for If-None-Match.',
    required: true,
    schema: { type: 'string', minLength: 2, maxLength: 128, pattern: '^(W/)?"[^"]*"$' },
    example: 'W/"2jmj7l5rSw0yVb_vlWAYkK_YBwk"',
  },
  'Cache-Control': {
    description: 'May be kept by the caller alone, and must be asked for anew each time, with If-None-Match.',
    required: true,
    schema: { type: 'string', enum: ['private, no-cache'] },
    example: 'private, no-cache',
  },
  Link: {
    description: 'The next page (RFC 8288), with the same filters; absent on the last one.',
    schema: { type: 'string', minLength: 1, maxLength: 16_384, pattern: '^<[^>]+>; rel="next"$' },
    example: '</api/v1/tasks?limit=50&cursor=WyJhIiwxNTZd>; rel="next"',
  },
  'X-Next-Offset': {
    description: 'The `offset` that goes on from here; absent with `follow=true`, where nobody knows it yet.',
    schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    example: 35,
  },
  'Accept-Ranges': {
    description: 'Parts of it can be asked for by Range.',
    required: true,
    schema: { type: 'string', enum: ['bytes'] },
    example: 'bytes',
  },
  'Content-Range': {
    description: 'Which bytes these are, of how many.',
    required: true,
    schema: { type: 'string', minLength: 9, maxLength: 64, pattern: '^bytes (\\d+-\\d+|\\*)/\\d+$' },
    example: 'bytes 2-4/5',
  },
  'Content-Disposition': {
    description: 'A browser is to save it, not to show it.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^attachment; filename="[A-Za-z0-9._-]+"$' },
    example: 'attachment; filename="batch-abc123.tar"',
  },
  Location: {
    description: 'Where the new resource is.',
    required: true,
    schema: { type: 'string', format: 'uri-reference', minLength: 1, maxLength: 256 },
    example: '/api/v1/tasks/task-abc123',
  },
  'Idempotency-Replayed': {
    description: 'Where the answer is that of an earlier request with the same Idempotency-Key; absent otherwise.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'Content-Language': {
    description: 'The language of the message, chosen by Accept-Language.',
    required: true,
    schema: { type: 'string', enum: ['en', 'zh-CN'] },
    example: 'en',
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    required: true,
    schema: { type: 'string', enum: ['Bearer realm="retire-cluster"'] },
    example: 'Bearer realm="retire-cluster"',
  },
  'Retry-After': {
    description: 'When to try again, in seconds.',
    required: true,
    schema: { type: 'integer', minimum: 0, maximum: 86_400 },
    example: 5,
  },
} as const

/** A header of answers. */
export type DocumentedHeader = keyof typeof headerComponents

/** Headers of every answer of an operation: the request's id, and what depends on the server's flags. */
export const commonHeaders = ({ counted }: { readonly counted: boolean }): readonly DocumentedHeader[] => [
  'X-Request-Id',
  'Access-Control-Allow-Origin',
  ...(counted
    ? (['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'ratelimit', 'ratelimit-policy'] as const)
    : []),
]

/** References to some headers. */
export const headerReferences = (names: readonly DocumentedHeader[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
