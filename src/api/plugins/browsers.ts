/** What pages in a browser may do with this server: those of its own origin all, those of others nothing, unless they are let in. */
import cors from '@fastify/cors'
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'
import { headerComponents } from '../document/headers.ts'
import { securityHeaders } from '../security/headers.ts'

/** Seconds for which a browser need not ask again whether it may. Firefox takes a day, Chromium two hours at most. */
const PREFLIGHT_SECONDS = 600

/** What a page may send beside the headers that are always safe (https://fetch.spec.whatwg.org/#cors-safelisted-request-header). */
const requestHeaders = [
  'Content-Type',
  'X-API-Key',
  'Authorization',
  'X-Request-Id',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'If-Range',
  'Range',
  'Last-Event-ID',
]

/** Whether a page of this origin was served from here. The scheme is left aside: TLS may end before us. */
const isOwn = (origin: string, { host }: FastifyRequest): boolean => URL.parse(origin)?.host === host.toLowerCase()

/**
 * Whether a browser sends this on behalf of a page of elsewhere, though not as one that asks to read the answer: a form, an image,
 * a script (https://www.w3.org/TR/fetch-metadata/). A link that a person follows is none of these.
 */
const isEmbedded = ({ headers }: FastifyRequest): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  headers['sec-fetch-mode'] !== 'navigate'

/** Refuses pages of other origins before anything is done for them; those of `origins` may call and read. */
export default fp<{ readonly origins: readonly string[] }>(
  async (app, { origins }) => {
    app.addHook('onRequest', (request, reply, next) => {
      reply.headers(securityHeaders)
      const { origin } = request.headers
      const isForeign =
        origin === undefined ? isEmbedded(request) : !isOwn(origin, request) && !origins.includes(origin)
      if (!isForeign) next()
      else
        next(
          new ClusterError('PERMISSION_DENIED', {
            reason: 'a page of another origin may not call this server; --cors-origin lets its origin in',
          }),
        )
    })
    if (origins.length === 0) return
    await app.register(cors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: requestHeaders,
      exposedHeaders: Object.keys(headerComponents),
      maxAge: PREFLIGHT_SECONDS,
      // Its refusal of an OPTIONS that is no preflight is not in our envelope.
      strictPreflight: false,
    })
  },
  { name: 'browsers', dependencies: ['errors', 'host'] },
)
