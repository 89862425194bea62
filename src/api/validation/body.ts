/** Reads request bodies: JSON in UTF-8, no deeper and no larger than it may be, without keys that reach into prototypes. */
import type { FastifyInstance } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'
import { type Fault, InvalidRequest } from './finding.ts'

/** CONTRACT.md §3: how deep a JSON body may be nested. */
export const JSON_DEPTH = 32

/**
 * How many values a JSON body may hold, keys of objects and items of lists: 16 MiB of `[1,1,…]` are eight million, which cost
 * 20 times their bytes on the way through validation; no honest body comes near.
 */
export const JSON_VALUES = 1_000_000

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Makes an error of what is wrong with a body as a whole. */
const unreadable = (fault: Fault): InvalidRequest => new InvalidRequest([{ ...fault, in: 'body', path: '' }])

const decode = (bytes: Buffer): string => {
  try {
    return decoder.decode(bytes)
  } catch {
    throw unreadable({ kind: 'not-utf8' })
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable({ kind: 'not-json', cause: error instanceof Error ? error.message : String(error) })
  }
}

/** Keys that would reach into a prototype where a careless copy is made later (secure-json-parse refuses the same). */
const poisons = (object: object): boolean =>
  Object.hasOwn(object, '__proto__') ||
  (Object.hasOwn(object, 'constructor') &&
    Object.hasOwn(Object((object as { constructor: unknown }).constructor) as object, 'prototype'))

const refuseBeyond = (body: unknown): void => {
  let left = JSON_VALUES
  const refuse = (value: unknown, levels: number): void => {
    if (typeof value !== 'object' || value === null) return
    if (levels === 0) throw unreadable({ kind: 'too-deep', limit: JSON_DEPTH })
    if (poisons(value)) throw unreadable({ kind: 'forbidden-key' })
    const inner: unknown[] = Object.values(value)
    left -= inner.length
    if (left < 0) throw unreadable({ kind: 'too-many', limit: JSON_VALUES })
    for (const one of inner) refuse(one, levels - 1)
  }
  refuse(body, JSON_DEPTH)
}

/** The value of a body; undefined where it is empty. */
const read = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined
  const value = parse(decode(bytes))
  refuseBeyond(value)
  return value
}

/** Replaces Fastify's parsers. An empty body is none, whatever its Content-Type; the route says whether one is needed. */
export const readBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => {
    done(null, read(bytes))
  })
  // Without a parser for it, Fastify would refuse a request that says a Content-Type and sends nothing.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => {
    if (bytes.length > 0) throw new ClusterError('UNSUPPORTED_MEDIA_TYPE', { media_type: 'application/json' })
    done(null, undefined)
  })
}
