/** Routes that give text or the bytes of files without an envelope, or take the bytes of a file. */
import type { Readable } from 'node:stream'
import type { TSchema, TUnsafe } from '@sinclair/typebox'
import { type MonitorEvent, RangeReadHeaders, type Success } from '../../../schemas/index.ts'
import { commonOf, type Declaration, noQuery, route, type RouteOptions } from './declaration.ts'
import type { Links, Operation } from './operation.ts'

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

/** An operation whose answers have no envelope. */
const rawOperation = <P, Q>(
  declaration: RawDeclaration<P, Q>,
  more: Pick<Operation, 'media'> & Partial<Operation>,
): Operation => {
  const { answer, example } = declaration
  return { ...commonOf(declaration, { hasBody: false }), answer, example, ...more }
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
  const { params, query, bytes, target, links = {}, answer, example } = declaration
  const declared: Operation = {
    ...commonOf(declaration, { hasBody: true }),
    // No bytes are a file too, an empty one.
    body: { media: 'application/octet-stream', schema: bytes, optional: true, example: example.request },
    status: 201,
    media: 'application/json',
    answer,
    transfer: true,
    links,
    target,
    example: example.data,
  }
  return route(declared, { params, querystring: query ?? noQuery }) as RouteOptions<P, Q, undefined, D>
}
