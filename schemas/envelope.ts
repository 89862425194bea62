/** The two envelopes: every JSON answer has one of them (CONTRACT.md §2). */
import { type Static, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'
import { component, object } from './component.ts'
import { ErrorBody } from './errors.ts'
import { instant, text } from './primitives.ts'

const requestId = () =>
  text("The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request.", 128, {
    minLength: 1,
    pattern: '^[A-Za-z0-9._-]{1,128}$',
    examples: ['5f2b6a0e-3b7e-4f7e-9a53-0f8f6f3f2d11'],
  })

/** What a success looks like around its `data`. */
export type Success<T> = {
  status: 'success'
  data: T
  message?: string
  timestamp: string
  request_id: string
}

/** The success envelope around `data`, as a component named `name`. */
export const success = <T extends TSchema>(name: string, data: T): TUnsafe<Success<Static<T>>> =>
  component(
    name,
    Type.Unsafe<Success<Static<T>>>(
      object('A success.', {
        status: Type.Unsafe<'success'>({ type: 'string', const: 'success', description: 'Always "success".' }),
        data,
        message: Type.Optional(text('A remark for people, where there is one.', 1024)),
        timestamp: instant('When the answer was made.'),
        request_id: requestId(),
      }),
    ),
  )

/** The error envelope. */
export const ErrorEnvelope = component(
  'ErrorEnvelope',
  object('An error.', {
    status: Type.Unsafe<'error'>({ type: 'string', const: 'error', description: 'Always "error".' }),
    error: ErrorBody,
    timestamp: instant('When the answer was made.'),
    request_id: requestId(),
  }),
)
/** The error envelope. */
export type ErrorEnvelope = Static<typeof ErrorEnvelope>
