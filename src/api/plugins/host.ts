/** The Host header of a request. */
import fp from 'fastify-plugin'
import { ClusterError } from '../../cluster/errors.ts'
import { hostCheck } from '../../http/host.ts'
import { InvalidRequest } from '../validation/finding.ts'

/** As much of a strange name as is told. */
const LONGEST_NAME = 255

/**
 * Refuses names that are not this server's, on every path. A request of HTTP/1.1 without one is malformed (RFC 9112 §3.2);
 * Node would say so itself, but not in the envelope.
 */
export default fp<{ readonly names: readonly string[] }>(
  (app, { names }, done) => {
    const isOurs = hostCheck(names)
    app.addHook('onRequest', ({ raw, headers }, _reply, next) => {
      // Of the request itself, never X-Forwarded-Host: what a browser took for our name is what counts.
      const { host } = headers
      if (raw.httpVersion === '1.1' && host === undefined)
        next(new InvalidRequest([{ kind: 'missing', name: 'Host', in: 'headers', path: '/host' }]))
      else if (isOurs(host)) next()
      else
        next(
          new ClusterError('PERMISSION_DENIED', {
            reason: `${host?.slice(0, LONGEST_NAME) ?? ''} is no name of this server; call it by its address, or let the name in by --allowed-host`,
          }),
        )
    })
    done()
  },
  { name: 'host', dependencies: ['errors', 'request-id'] },
)
