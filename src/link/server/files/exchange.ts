/** One request for a file and its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pathOf } from '../handshake.ts'

/** How long the rest of a body is dropped of which nothing is wanted any more, so that its sender sees the answer. */
const LINGER_MS = 5000

/** A request and its answer. */
export type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** An answer without a file. */
export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number>>
  /** A sentence, or what goes out as JSON; absent: none. */
  readonly body?: string | object
  /** True for a stranger: nothing of what he sends is read, and his connection ends. */
  readonly turnsAway?: true
}

const contentOf = (body: string | object) =>
  typeof body === 'string'
    ? { type: 'text/plain; charset=utf-8', text: `${body}\n` }
    : { type: 'application/json; charset=utf-8', text: JSON.stringify(body) }

/** Ends an answer of which all was written when the body has come to its end, or enough of it was dropped. */
const endAfter = (request: IncomingMessage, response: ServerResponse): void => {
  const enough = setTimeout(() => request.socket.destroy(), LINGER_MS)
  request.once('end', () => response.end())
  request.once('close', () => clearTimeout(enough))
  request.resume()
}

/**
 * Answers without a file. Of somebody who was let in, what he still sends is read for a while, and dropped: a server that closes
 * while its client writes resets the connection, and the client never reads the answer (RFC 9112 §9.6).
 */
export const answer = ({ request, response }: Exchange, { status, headers, body, turnsAway }: Answer): void => {
  const content = body === undefined ? undefined : contentOf(body)
  if (turnsAway === true) response.once('finish', () => request.socket.destroySoon())
  response.writeHead(status, {
    ...(content === undefined
      ? {}
      : { 'content-type': content.type, 'content-length': Buffer.byteLength(content.text) }),
    ...(turnsAway === true ? { connection: 'close' } : {}),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  })
  response.flushHeaders()
  if (request.method !== 'HEAD' && content !== undefined) response.write(content.text)
  if (request.complete || turnsAway === true) response.end()
  else endAfter(request, response)
}

/** What `Authorization: Bearer` says (RFC 6750 §2.1); undefined where nothing is said. */
export const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer +([\x21-\x7e]{1,256})$/i.exec(headers.authorization ?? '')?.[1]

/** The answer to who says nothing, or nothing that is known. */
export const unknown: Answer = {
  status: 401,
  turnsAway: true,
  headers: { 'www-authenticate': 'Bearer' },
  body: 'Say who you are: Authorization: Bearer, with a credential that is known here.',
}

/** Tells a sender that waits to be told that he may send (RFC 9110 §10.1.1). */
export const bidContinue = ({ request, response }: Exchange): void => {
  if (request.headers.expect !== undefined) response.writeContinue()
}

/** A number of bytes in the query; undefined where it is absent, NaN where it is none. */
export const bytesIn = (request: IncomingMessage, name: string): number | undefined => {
  const said = queryOf(request).get(name)
  if (said === null) return undefined
  return /^\d{1,15}$/.test(said) ? Number(said) : NaN
}

/** The query of a request. */
export const queryOf = (request: IncomingMessage): URLSearchParams =>
  new URLSearchParams((request.url ?? '').slice(pathOf(request).length))
