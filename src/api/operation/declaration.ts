/** What the declarations of all routes have in common, and what is made of them: the options of a route. */
import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox'
import type { ErrorCode, Scope } from '../../../schemas/index.ts'
import type { DocumentedHeader } from '../document/headers.ts'
import type { Operation } from './operation.ts'

/** What every route declares of itself. */
export type Declaration<P, Q> = {
  readonly id: string
  readonly tag: Operation['tag']
  readonly scope: Scope | null
  readonly summary: string
  readonly description?: string
  readonly params?: P
  readonly query?: Q
  /** Headers of a success that the route itself sets. */
  readonly headers?: readonly DocumentedHeader[]
  /** The codes of its own; those that every operation can answer are added. */
  readonly errors?: readonly ErrorCode[]
}

/** The schemas as the types of the handler see them: `data` goes out, its envelope is added on the way. */
type HandlerSchema<P, Q, B, D> = {
  readonly params: P
  readonly querystring: Q
  readonly body: B
  /** 206 is what a route with `ranges` answers too. */
  readonly response: Record<Operation['status'] | 206, TUnsafe<D>>
}

/** The options of a route, as Fastify takes them. */
export type RouteOptions<P, Q, B, D> = {
  readonly schema: HandlerSchema<P, Q, B, D>
  readonly config: { readonly operation: Operation }
  readonly bodyLimit?: number
}

/** The query string of an operation without parameters: any is refused. */
export const noQuery = Type.Object({}, { additionalProperties: false })

/** What every operation can answer. `scope` null: it is open; `hasBody`: it takes one. */
const commonErrors = (scope: Scope | null, hasBody: boolean): ErrorCode[] => [
  'VALIDATION_ERROR',
  ...(scope === null ? [] : (['AUTHENTICATION_REQUIRED', 'RATE_LIMIT_EXCEEDED', 'CLUSTER_UNAVAILABLE'] as const)),
  // Of open ones too, where the name of the host or the page that calls is none of ours.
  'PERMISSION_DENIED',
  'NOT_ACCEPTABLE',
  ...(hasBody ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
  'INTERNAL_ERROR',
]

/**
 * What is known of an operation of any kind: what its declaration says, and of the rest what holds where nothing is said.
 * @param kind - whether it takes a body, and the codes that follow from what else it is
 */
export const commonOf = (
  { id, tag, scope, summary, description, headers = [], errors = [] }: Declaration<unknown, unknown>,
  { hasBody, refusals = [] }: { readonly hasBody: boolean; readonly refusals?: readonly ErrorCode[] },
): Omit<Operation, 'media' | 'answer' | 'example'> => ({
  id,
  tag,
  scope,
  summary,
  ...(description === undefined ? {} : { description }),
  status: 200,
  etag: null,
  ranges: false,
  transfer: false,
  paged: false,
  headers,
  links: {},
  target: null,
  errors: [...commonErrors(scope, hasBody), ...refusals, ...errors],
})

/** What Fastify validates and serialises by, and what is known besides. `parts` are the schemas of the parts of a request. */
export const route = (operation: Operation, parts: Record<string, TSchema | undefined>): object => {
  const { id, tag, summary, description, status, answer } = operation
  const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
  return {
    schema: {
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...given,
      response: { [status]: answer },
    },
    config: { operation },
  }
}
