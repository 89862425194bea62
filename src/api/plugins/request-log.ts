/** One line in the log for each request that ended. */
import fp from 'fastify-plugin'

/** `route` is the pattern, not the path: null for paths that do not exist. No header is logged: they bear keys. */
export default fp(
  (app, _options, done) => {
    app.addHook('onResponse', (request, reply, next) => {
      const { method, routeOptions } = request
      const ms = Number(reply.elapsedTime.toFixed(1))
      request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'request completed')
      next()
    })
    done()
  },
  { name: 'request-log', dependencies: ['request-id'] },
)
