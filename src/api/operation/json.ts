/** Routes that take and give JSON. */
import type { Static, TSchema, TUnsafe } from '@sinclair/typebox'
import {
  ConditionalChangeHeaders,
  ConditionalReadHeaders,
  type ErrorCode,
  IdempotentHeaders,
  resolve,
  type Success,
} from '../../../schemas/index.ts'
import { commonOf, type Declaration, noQuery, route, type RouteOptions } from './declaration.ts'
import type { Links, Operation } from './operation.ts'

type JsonDeclaration<P, Q, B, D> = Declaration<P, Q> & {
  readonly body?: B
  /** Bytes that a body may have; when absent, the limit of the server. */
  readonly bodyLimit?: number
  readonly status?: Operation['status']
  readonly etag?: 'weak' | 'strong'
  /** Honours `If-Match`: the route compares it and refuses with `PRECONDITION_FAILED`. */
  readonly precondition?: true
  /** Takes an `Idempotency-Key`: the route hands it on, and tells a replay (idempotency.ts). */
  readonly idempotent?: true
  readonly paged?: D extends { next_cursor: string | null } ? true : never
  readonly links?: Links
  /** For the audit log: where `data` tells what is new, or what many things were changed; a JSON pointer. */
  readonly target?: string
  readonly answer: TUnsafe<Success<D>>
  readonly example: { readonly data: D } & (B extends TSchema ? { readonly request: Static<B> } : unknown)
}

/** A body may be left out where it has no field that must be there. */
const isOptional = (body: TSchema): boolean => {
  const { type, required, minProperties, allOf } = resolve(body)
  return type === 'object' && [required, minProperties, allOf].every((demand) => demand === undefined)
}

/** The headers of the request that mean something to the operation. */
const headersOf = ({
  precondition,
  idempotent,
  etag,
}: Pick<JsonDeclaration<undefined, undefined, undefined, unknown>, 'precondition' | 'idempotent' | 'etag'>) => {
  if (precondition === true) return ConditionalChangeHeaders
  if (idempotent === true) return IdempotentHeaders
  return etag === undefined ? undefined : ConditionalReadHeaders
}

/**
 * The options of a route, from its declaration.
 * @example
 * app.get('/tasks/:task_id', operation({
 *   id: 'getTask', tag: 'tasks', scope: 'read', summary: 'One task', params: TaskParams,
 *   answer: TaskAnswer, errors: ['TASK_NOT_FOUND'], example: { data: completedTask },
 * }), ({ params }) => cluster.tasks.get(params))
 */
export const operation = <
  D,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  declaration: JsonDeclaration<P, Q, B, D>,
): RouteOptions<P, Q, B, D> => {
  const { params, query, body, bodyLimit, answer, example, links = {}, target = null } = declaration
  const { status = 200, etag = null, precondition = false, idempotent = false } = declaration
  const refusals: ErrorCode[] = [
    ...(precondition ? (['PRECONDITION_FAILED'] as const) : []),
    ...(idempotent ? (['IDEMPOTENCY_CONFLICT'] as const) : []),
  ]
  const common = commonOf(declaration, { hasBody: body !== undefined, refusals })
  const declared: Operation = {
    ...common,
    ...(body === undefined
      ? {}
      : {
          body: {
            media: 'application/json',
            schema: body,
            optional: isOptional(body),
            example: (example as { request?: unknown }).request,
          },
        }),
    status,
    media: 'application/json',
    answer,
    etag,
    paged: declaration.paged === true,
    headers: [...common.headers, ...(idempotent ? (['Idempotency-Replayed'] as const) : [])],
    links,
    target,
    example: example.data,
  }
  const reads = headersOf(declaration)
  const options = route(declared, { params, querystring: query ?? noQuery, body, headers: reads })
  return { ...(options as RouteOptions<P, Q, B, D>), ...(bodyLimit === undefined ? {} : { bodyLimit }) }
}
