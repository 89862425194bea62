/** What is not even HTTP passes by Fastify: Node's `clientError` hands over the bare socket. */
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { errorCodes } from '../../schemas/index.ts'
import { failed } from './envelopes.ts'
import { worded } from './validation/wording.ts'

/** Node's error codes, in words (https://nodejs.org/api/http.html#event-clienterror). */
const causes: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'the header section is too large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'the chunk extensions are too large',
  ERR_HTTP_REQUEST_TIMEOUT: 'it did not arrive in time',
  HPE_INVALID_METHOD: 'the method is not known',
}

/** The answer as it goes onto the wire. The language is English: there may be no headers to choose it by. */
const rawAnswer = (code: string | undefined, request_id: string): string => {
  const cause = causes[code ?? ''] ?? 'it cannot be parsed'
  const issue = worded({ kind: 'bad-http', cause, in: 'headers', path: '' }, 'en')
  const body = JSON.stringify(failed('VALIDATION_ERROR', { reason: issue.message, issues: [issue] }, 'en', request_id))
  return [
    `HTTP/1.1 ${errorCodes.VALIDATION_ERROR.status} Bad Request`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Language: en',
    `X-Request-Id: ${request_id}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

/** Answers malformed HTTP. `responses` tells which answer is under way on a socket, so that it is not written into. */
export const malformedHttpHandler =
  (log: FastifyBaseLogger, responses: WeakMap<Socket, ServerResponse>) =>
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
    log.info({ request_id, status: errorCodes.VALIDATION_ERROR.status, code: error.code }, 'request was not HTTP')
    socket.end(rawAnswer(error.code, request_id))
  }
