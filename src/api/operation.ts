/**
 * What a route declares of itself. Fastify validates and serialises by it, the plugins read it (whose key may call, what bears
 * an ETag, what is paged), and the OpenAPI document is made from it.
 */
import { type Static, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import {
  ConditionalChangeHeaders,
  ConditionalReadHeaders,
  type ErrorCode,
  IdempotentHeaders,
  type MonitorEvent,
  RangeReadHeaders,
  resolve,
  type Scope,
  type Success,
} from '../../schemas/index.ts'
import type { DocumentedHeader } from './document/headers.ts'
import type { tags } from './document/tags.ts'

/** The media types of answers. */
export type MediaType =
  'application/json' | 'text/plain' | 'text/event-stream' | 'application/octet-stream' | 'application/x-tar'

/** The media types of bodies. Of a body of bytes it is what the document says: any is taken as it comes, but for forms. */
export type BodyType = 'application/json' | 'application/octet-stream'

/** Operations that go on where this one ends: `operationId` → parameter → JSON pointer into the answer. */
export type Links = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What is known of an operation beside its schemas. */
export type Operation = {
  /** Its `operationId`, from which generators make the name of a method. */
  readonly id: string
  readonly tag: keyof typeof tags
  /** The scope that a key needs; null for open routes, which are not counted against any limit either. */
  readonly scope: Scope | null
  readonly summary: string
  readonly description?: string
  /** The body: its schema, whether it may be left out, and an example. */
  readonly body?: {
    readonly media: BodyType
    readonly schema: TSchema
    readonly optional: boolean
    readonly example: unknown
  }
  /** Status of a success. */
  readonly status: 200 | 201
  /** Media type of a success. */
  readonly media: MediaType
  /** The schema of a success, envelope included. */
  readonly answer: TSchema
  /**
   * The validator of its answers: `weak` is made here, over `data`; `strong` is set by the route. With either, `If-None-Match`
   * is honoured. Null where the answer changes by itself.
   */
  readonly etag: 'weak' | 'strong' | null
  /** Honours `Range`: a part of the answer is a success too. */
  readonly ranges: boolean
  /** Moves the bytes of files: counted by these, not as a read or a write. */
  readonly transfer: boolean
  /** A page of a listing: `next_cursor` becomes a Link to the next one. */
  readonly paged: boolean
  /** Headers of a success beside those that follow from the rest of this. */
  readonly headers: readonly DocumentedHeader[]
  readonly links: Links
  /** Where the answer of a change tells what it was done to, as a JSON pointer; null where the path does, or nobody. */
  readonly target: string | null
  /** Every code that it can answer, the common ones included. */
  readonly errors: readonly ErrorCode[]
  /** The `data` of a success as an example; of a text, the text; of a stream, the `data` of a message. */
  readonly example: unknown
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent on routes that are not operations of the API: the documentation and its files. */
    readonly operation?: Operation
  }
}

/** What the body of a request should have been sent as. */
export const bodyTypeOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): BodyType =>
  routeOptions.config.operation?.body?.media ?? 'application/json'

type Declaration<P, Q> = {
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

type RawDeclaration<P, Q> = Declaration<P, Q> & {
  /** The schema of the answer; of a stream of events, that of the `data` of its messages. */
  readonly answer: TSchema
  readonly example: string | MonitorEvent
}

type TextDeclaration<P, Q> = RawDeclaration<P, Q> & {
  /** Headers of the request that it reads. */
  readonly reads?: TSchema
  readonly media: 'text/plain' | 'text/event-stream'
}

type DownloadDeclaration<P, Q> = RawDeclaration<P, Q> & {
  readonly media: 'application/octet-stream' | 'application/x-tar'
  /** Bears a strong ETag that the route sets, and honours `Range`. */
  readonly ranges?: true
}

type UploadDeclaration<P, Q, D> = Declaration<P, Q> & {
  /** The schema of the bytes, for the document alone. */
  readonly bytes: TSchema
  readonly target: string
  readonly links?: Links
  readonly answer: TUnsafe<Success<D>>
  readonly example: { readonly data: D; readonly request: string }
}

/** The schemas as the types of the handler see them: `data` goes out, its envelope is added on the way. */
type HandlerSchema<P, Q, B, D> = {
  readonly params: P
  readonly querystring: Q
  readonly body: B
  /** 206 is what a route with `ranges` answers too. */
  readonly response: Record<Operation['status'] | 206, TUnsafe<D>>
}

type RouteOptions<P, Q, B, D> = {
  readonly schema: HandlerSchema<P, Q, B, D>
  readonly config: { readonly operation: Operation }
  readonly bodyLimit?: number
}

/** The query string of an operation without parameters: any is refused. */
const noQuery = Type.Object({}, { additionalProperties: false })

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

/** What a route that says nothing of it has. */
const plain = {
  status: 200,
  etag: null,
  ranges: false,
  transfer: false,
  paged: false,
  links: {},
  target: null,
} as const satisfies Partial<Operation>

const commonErrors = (scope: Scope | null, hasBody: boolean): ErrorCode[] => [
  'VALIDATION_ERROR',
  ...(scope === null ? [] : (['AUTHENTICATION_REQUIRED', 'RATE_LIMIT_EXCEEDED', 'CLUSTER_UNAVAILABLE'] as const)),
  // Of open ones too, where the name of the host or the page that calls is none of ours.
  'PERMISSION_DENIED',
  'NOT_ACCEPTABLE',
  ...(hasBody ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
  'INTERNAL_ERROR',
]

const route = (operation: Operation, parts: Record<string, TSchema | undefined>): object => {
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
  const { id, tag, scope, summary, description, params, query, body, bodyLimit, answer, example } = declaration
  const { status = 200, etag = null, precondition = false, idempotent = false } = declaration
  const { headers = [], errors = [], links = {}, target = null } = declaration
  const declared: Operation = {
    ...plain,
    id,
    tag,
    scope,
    summary,
    ...(description === undefined ? {} : { description }),
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
    headers: [...headers, ...(idempotent ? (['Idempotency-Replayed'] as const) : [])],
    links,
    target,
    errors: [
      ...commonErrors(scope, body !== undefined),
      ...(precondition ? (['PRECONDITION_FAILED'] as const) : []),
      ...(idempotent ? (['IDEMPOTENCY_CONFLICT'] as const) : []),
      ...errors,
    ],
    example: example.data,
  }
  const reads = headersOf(declaration)
  const options = route(declared, { params, querystring: query ?? noQuery, body, headers: reads })
  return { ...(options as RouteOptions<P, Q, B, D>), ...(bodyLimit === undefined ? {} : { bodyLimit }) }
}

/** An operation whose answers have no envelope. */
const rawOperation = <P, Q>(
  declaration: RawDeclaration<P, Q>,
  more: Pick<Operation, 'media'> & Partial<Operation>,
): Operation => {
  const { id, tag, scope, summary, description, answer, example, headers = [], errors = [] } = declaration
  return {
    ...plain,
    id,
    tag,
    scope,
    summary,
    ...(description === undefined ? {} : { description }),
    answer,
    headers,
    errors: [...commonErrors(scope, false), ...errors],
    example,
    ...more,
  }
}

/** The options of a route that answers with text, whole or piece by piece, without an envelope. */
export const textOperation = <P extends TSchema | undefined = undefined, Q extends TSchema | undefined = undefined>(
  declaration: TextDeclaration<P, Q>,
): RouteOptions<P, Q, undefined, string | Readable> => {
  const { params, query, reads, media } = declaration
  const options = route(rawOperation(declaration, { media }), {
    params,
    querystring: query ?? noQuery,
    headers: reads,
  })
  return options as RouteOptions<P, Q, undefined, string | Readable>
}

/** The options of a route that answers with the bytes of files. */
export const downloadOperation = <P extends TSchema | undefined = undefined, Q extends TSchema | undefined = undefined>(
  declaration: DownloadDeclaration<P, Q>,
): RouteOptions<P, Q, undefined, Readable> => {
  const { params, query, media, ranges = false } = declaration
  const declared = rawOperation(declaration, { media, ranges, etag: ranges ? 'strong' : null, transfer: true })
  const reads = ranges ? RangeReadHeaders : undefined
  const options = route(declared, { params, querystring: query ?? noQuery, headers: reads })
  return options as RouteOptions<P, Q, undefined, Readable>
}

/** The options of a route whose body is the bytes of a file, which it reads from the request as they come. */
export const uploadOperation = <
  D,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
>(
  declaration: UploadDeclaration<P, Q, D>,
): RouteOptions<P, Q, undefined, D> => {
  const { id, tag, scope, summary, description, params, query, bytes, target, answer, example } = declaration
  const { headers = [], errors = [], links = {} } = declaration
  const declared: Operation = {
    ...plain,
    id,
    tag,
    scope,
    summary,
    ...(description === undefined ? {} : { description }),
    // No bytes are a file too, an empty one.
    body: { media: 'application/octet-stream', schema: bytes, optional: true, example: example.request },
    status: 201,
    media: 'application/json',
    answer,
    transfer: true,
    headers,
    links,
    target,
    errors: [...commonErrors(scope, true), ...errors],
    example: example.data,
  }
  return route(declared, { params, querystring: query ?? noQuery }) as RouteOptions<P, Q, undefined, D>
}
