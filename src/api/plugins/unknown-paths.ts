/** 404 for paths that do not exist, 405 for methods that a path does not have. */
import fp from 'fastify-plugin'
import type { HTTPMethods } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'

/** The longest texts that `ErrorDetails` allows. */
const LONGEST_PATH = 4096
const LONGEST_METHOD = 64

/** Fastify answers 404 to a wrong method; its router knows which methods a path has. */
export default fp(
  (app, _options, done) => {
    // Its type does not say so, but it is null where there is none.
    const exists = (method: HTTPMethods, url: string) => (app.findRoute({ method, url }) as object | null) !== null

    const methodsOf = (url: string): string[] => app.supportedMethods.filter((method) => exists(method, url)).sort()

    // In onRequest, after the security: a body that nobody wants is not even parsed.
    app.addHook('onRequest', (request, _reply, next) => {
      if (!request.is404) {
        next()
        return
      }
      const url = request.url.split('?', 1)[0] ?? ''
      const path = url.slice(0, LONGEST_PATH)
      const method = request.method.slice(0, LONGEST_METHOD)
      const allow = methodsOf(url)
      next(
        allow.length === 0
          ? new ClusterError('NOT_FOUND', { path })
          : new ClusterError('METHOD_NOT_ALLOWED', { method, path, allow }),
      )
    })
    done()
  },
  { name: 'unknown-paths', dependencies: ['errors', 'security'] },
)
