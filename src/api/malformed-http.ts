/** What is not even HTTP passes by Fastify: Node's `clientError` hands over the bare socket. */
import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { errorCodes, type ErrorEnvelope } from '../../schemas/index.ts'
import { failed } from './envelopes.ts'
import { worded } from './validation/wording.ts'

/** Node's code for a request that is not here in time. */
const LATE = 'ERR_HTTP_REQUEST_TIMEOUT'
/** Who asks again so soon is answered, seconds. */
const RETRY_AFTER_SECONDS = 1

/** Node's error codes, in words (https://nodejs.org/api/http.html#event-clienterror). */
const causes: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'the header section is too large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'the chunk extensions are too large',
  [LATE]: 'it did not arrive in time',
  HPE_INVALID_METHOD: 'the method is not known',
}

/** The answer as it goes onto the wire. */
const rawAnswer = (envelope: ErrorEnvelope): string => {
  const { status } = errorCodes[envelope.error.code]
  const retryAfter = envelope.error.details.retry_after_seconds
  const body = JSON.stringify(envelope)
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Language: en',
    `X-Request-Id: ${envelope.request_id}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

/** What is said of malformed HTTP. The language is English: there may be no headers to choose it by. */
const malformed = (code: string | undefined, request_id: string): ErrorEnvelope => {
  const cause = causes[code ?? ''] ?? 'it cannot be parsed'
  const issue = worded({ kind: 'bad-http', cause, in: 'headers', path: '' }, 'en')
  return failed('VALIDATION_ERROR', { reason: issue.message, issues: [issue] }, 'en', request_id)
}

/** What is said of a request that was here in time, and not read: it was not done, and may be sent again. */
const unread = (request_id: string): ErrorEnvelope => {
  const reason = 'this server was stopped for a while, and has not read the request'
  return failed('CLUSTER_UNAVAILABLE', { reason, retry_after_seconds: RETRY_AFTER_SECONDS }, 'en', request_id)
}

/**
 * Answers malformed HTTP.
 * @param responses - tells which answer is under way on a socket, so that it is not written into
 * @param justStalled - true where this process has just been stopped: what is late then is so by that
 */
export const malformedHttpHandler =
  (log: FastifyBaseLogger, responses: WeakMap<Socket, ServerResponse>, justStalled: () => boolean) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const response = responses.get(socket)
    if (response !== undefined && response.headersSent && !response.writableFinished) {
      socket.destroy()
      return
    }
    const request_id = randomUUID()
    const envelope = error.code === LATE && justStalled() ? unread(request_id) : malformed(error.code, request_id)
    const { status } = errorCodes[envelope.error.code]
    log.info({ request_id, status, code: error.code }, 'a request could not be read')
    socket.end(rawAnswer(envelope))
  }
