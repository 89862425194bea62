/** The Host header of a request. */
import fp from 'fastify-plugin'
import { InvalidRequest } from '../validation/finding.ts'

/** A request of HTTP/1.1 without one is malformed (RFC 9112 §3.2). Node would say so itself, but not in the envelope. */
export default fp(
  (app, _options, done) => {
    app.addHook('onRequest', (request, _reply, next) => {
      const missing = request.raw.httpVersion === '1.1' && request.headers.host === undefined
      if (!missing) next()
      else next(new InvalidRequest([{ kind: 'missing', name: 'Host', in: 'headers', path: '/host' }]))
    })
    done()
  },
  { name: 'host', dependencies: ['errors', 'request-id'] },
)
