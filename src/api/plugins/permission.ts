/** What a key is allowed to do (CONTRACT.md §4). */
import fp from 'fastify-plugin'
import { ClusterError } from '../../cluster/errors.ts'

/** Asks for the scope of the operation, of callers that came with a key. After the limits: a refusal is counted as well. */
export default fp(
  (app, _options, done) => {
    app.addHook('onRequest', (request, _reply, next) => {
      const { apiKey, routeOptions } = request
      const scope = routeOptions.config.operation?.scope ?? null
      if (apiKey === null || scope === null || apiKey.scopes.includes(scope)) {
        next()
        return
      }
      next(new ClusterError('PERMISSION_DENIED', { reason: `the key lacks the scope ${scope}`, required_scope: scope }))
    })
    done()
  },
  { name: 'permission', dependencies: ['errors', 'security'] },
)
