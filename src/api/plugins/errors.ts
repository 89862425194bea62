/** Every error leaves as the error envelope. */
import { Readable } from 'node:stream'
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, type ErrorDetails } from '../../../schemas/index.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { beforeTheEnd, drain, DRAIN_LIMIT } from '../drain.ts'
import { securityHeaders } from '../security/headers.ts'
import { failed } from '../envelopes.ts'
import { type Language, languageOf, languageTags } from '../language.ts'
import { bodyTypeOf } from '../operation/operation.ts'
import { InvalidRequest } from '../validation/finding.ts'
import { worded } from '../validation/wording.ts'

/** How long to wait where nobody said it, in seconds. */
const RETRY_AFTER_SECONDS = 5

/** `VALIDATION_ERROR` with all findings in words, the first one as the reason. */
const invalid = ({ findings }: InvalidRequest, language: Language): ClusterError => {
  const issues = findings.map((finding) => worded(finding, language))
  return new ClusterError('VALIDATION_ERROR', { reason: issues[0]?.message ?? '', issues })
}

/** Fastify's own errors that a caller can cause (https://fastify.dev/docs/latest/Reference/Errors/). */
const fromFastify = (error: unknown, request: FastifyRequest): ClusterError | InvalidRequest | undefined => {
  switch ((error as { code?: unknown }).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ClusterError('PAYLOAD_TOO_LARGE', { limit_bytes: request.routeOptions.bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ClusterError('UNSUPPORTED_MEDIA_TYPE', { media_type: bodyTypeOf(request) })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    // The body broke off: nobody will read the answer, and nothing failed in here.
    case 'ECONNRESET':
      return new InvalidRequest([{ kind: 'cut-short', in: 'body', path: '' }])
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new InvalidRequest([{ kind: 'bad-url', in: 'path', path: '' }])
    default:
      return undefined
  }
}

/** What the caller is told of an error; what nobody foresaw is told to the log alone. */
const told = (error: unknown, request: FastifyRequest, language: Language): ClusterError => {
  const known = error instanceof ClusterError || error instanceof InvalidRequest ? error : fromFastify(error, request)
  if (known === undefined) {
    request.log.error({ err: error }, 'request failed')
    return new ClusterError('INTERNAL_ERROR')
  }
  return known instanceof InvalidRequest ? invalid(known, language) : known
}

/** The headers that an error bears beside its envelope. */
const headersOf = ({ code, details }: ClusterError): Record<string, string> => {
  const retryAfter = (given: ErrorDetails) => String(given.retry_after_seconds ?? RETRY_AFTER_SECONDS)
  switch (code) {
    case 'AUTHENTICATION_REQUIRED':
      return { 'WWW-Authenticate': 'Bearer realm="retire-cluster"' }
    case 'METHOD_NOT_ALLOWED':
      return { Allow: (details.allow ?? []).join(', ') }
    case 'RANGE_NOT_SATISFIABLE':
      // RFC 9110 §15.5.17.
      return { 'Content-Range': `bytes */${details.bytes ?? 0}` }
    case 'RATE_LIMIT_EXCEEDED':
    case 'CLUSTER_UNAVAILABLE':
      return { 'Retry-After': retryAfter(details) }
    default:
      return {}
  }
}

/** Answers with the error envelope, in the language of the request, so that a client that is still writing sees it. */
export const answerError = async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const language = languageOf(request)
  const known = told(error, request, language)
  const limit = request.routeOptions.bodyLimit + DRAIN_LIMIT
  const drained = await drain(request.raw, limit)
  // Fastify closes after a body that is too large; one that was read to its end leaves the connection usable.
  if (drained && reply.hasHeader('Connection')) reply.removeHeader('Connection')
  if (!drained) reply.header('Connection', 'close')
  const body = JSON.stringify(failed(known.code, known.details, language, request.id))
  await reply
    .code(errorCodes[known.code].status)
    .headers({
      ...headersOf(known),
      ...securityHeaders,
      'X-Request-Id': request.id,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Content-Language': languageTags[language],
      Vary: reply.hasHeader('Vary') ? `${String(reply.getHeader('Vary'))}, Accept-Language` : 'Accept-Language',
    })
    .send(drained ? body : Readable.from(beforeTheEnd(body, request.raw, limit)))
}

/** The one error handler. */
export default fp(
  (app, _options, done) => {
    app.setErrorHandler(answerError)
    // Files of the documentation that do not exist end here; other paths are refused before.
    app.setNotFoundHandler((request) => {
      throw new ClusterError('NOT_FOUND', { path: request.url.split('?', 1)[0] ?? '' })
    })
    done()
  },
  { name: 'errors' },
)
