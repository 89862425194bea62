/**
 * What is known of an operation: the plugins read it (whose key may call, what bears an ETag, what is paged), and the OpenAPI
 * document is made from it.
 */
import type { TSchema } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { ErrorCode, Scope } from '../../../schemas/index.ts'
import type { DocumentedHeader } from '../document/headers.ts'
import type { tags } from '../document/tags.ts'

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
