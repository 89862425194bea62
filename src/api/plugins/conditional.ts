/** Conditional reads: 304 where the caller has the answer already (RFC 9110 §13.2.2, §15.4.5). */
import fp from 'fastify-plugin'
import { namesTag } from '../conditional/etag.ts'

const safe = { GET: true, HEAD: true }

/** Honours `If-None-Match` on every answer that bears an `ETag`, whoever set it. */
export default fp(
  (app, _options, done) => {
    app.addHook('onSend', (request, reply, payload, next) => {
      const tag = reply.getHeader('ETag')
      if (typeof tag !== 'string' || reply.statusCode !== 200 || !(request.method in safe)) {
        next(null, payload)
        return
      }
      // Kept by whom it was made for, and asked anew each time: what the cluster is doing changes at any moment.
      reply.header('Cache-Control', 'private, no-cache')
      const known = request.headers['if-none-match']
      if (known === undefined || !namesTag(known, tag)) {
        next(null, payload)
        return
      }
      reply.code(304).removeHeader('Content-Type').removeHeader('Content-Length')
      // To a HEAD, Fastify itself says the length that a GET would have, and drops the body.
      next(null, request.method === 'HEAD' ? payload : null)
    })
    done()
  },
  { name: 'conditional', dependencies: ['errors'] },
)
