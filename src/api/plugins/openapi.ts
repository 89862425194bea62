/** What describes the API: the OpenAPI document of what this server serves, and the pages that show it. */
import fp from 'fastify-plugin'
import type { RouteOptions } from 'fastify'
import type { Documentation } from '../document/documentation.ts'

/** Where the pages are. */
export const PAGES = '/docs'

declare module 'fastify' {
  interface FastifyInstance {
    /** The documentation, made when it is first asked for: hardly anybody asks for it, and what makes it takes long to load. */
    documentation(): Promise<Documentation>
  }
}

/** Collects every operation that is registered after it. */
export default fp<{ readonly version: string }>(
  (app, { version }, done) => {
    const routes = new Map<string, RouteOptions>()
    app.addHook('onRoute', (route) => {
      const operation = route.config?.operation
      if (operation === undefined || route.method === 'HEAD') return
      if (routes.has(operation.id)) throw new TypeError(`the operation ${operation.id} is declared twice`)
      routes.set(operation.id, route)
    })

    const make = async () => {
      const { makeDocumentation } = await import('../document/documentation.ts')
      return makeDocumentation({ version, routes: [...routes.values()], pages: PAGES })
    }
    let made: Promise<Documentation> | undefined
    app.decorate('documentation', () => (made ??= make()))
    done()
  },
  { name: 'openapi', dependencies: ['errors'] },
)
