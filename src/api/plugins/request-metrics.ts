/** How long answers take. */
import fp from 'fastify-plugin'
import { Histogram, Registry } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    /** The figures of the requests that were answered, for `/metrics`. */
    readonly requestMetrics: Registry
  }
}

/** Upper bounds in seconds: from an answer out of memory to the longest `wait`. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

/** Counts answers by method, route and status. `route` is the pattern, empty for paths that do not exist: the labels are bounded. */
export default fp(
  (app, _options, done) => {
    const registry = new Registry()
    const durations = new Histogram({
      name: 'retire_cluster_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer; monitor streams aside, which have none.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    })
    app.decorate('requestMetrics', registry)

    app.addHook('onResponse', (request, reply, next) => {
      const { url = '', config } = request.routeOptions
      if (config.operation?.media !== 'text/event-stream') {
        const labels = { method: request.method, route: url, status: String(reply.statusCode) }
        durations.observe(labels, reply.elapsedTime / 1000)
      }
      next()
    })
    done()
  },
  { name: 'request-metrics' },
)
