/**
 * The OpenAPI document, and Swagger UI at /docs from files of our own: it works without the internet, and "Try it out" calls this server.
 * Both come from a Fastify of their own, which knows the routes and never listens.
 */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { stringify } from 'yaml'
import { compilersOfPlugins } from '../compilers.ts'
import { complete, type OpenApiDocument } from './document.ts'

/** What a page or a file of the pages is answered with. */
type PageAnswer = { readonly status: number; readonly headers: OutgoingHttpHeaders; readonly body: Buffer }

/** What describes the API. */
export type Documentation = {
  /** The document as it is served and committed: JSON text with a line feed at its end. */
  readonly json: string
  /** The same as YAML. */
  yaml(): string
  /** A page, or a file of the pages; `url` is its path with its query. */
  page(url: string, headers: IncomingHttpHeaders): Promise<PageAnswer>
}

const description = `Turns retired phones, tablets, laptops and Raspberry Pis into one compute cluster.

Every JSON answer has one of two envelopes: \`{status: "success", data, timestamp, request_id}\` or \`{status: "error", error: {code, message, details}, timestamp, request_id}\`. Codes and field names never change; messages are English, or Simplified Chinese where \`Accept-Language\` prefers \`zh\`. Send an \`X-Request-Id\` of your own (1–128 of \`[A-Za-z0-9._-]\`) to find the request in the log of the server.

Unknown fields and parameters are refused, never ignored. A figure that nobody knows is null.`

/**
 * Scripts, styles and calls from this server alone. The plugin's own policy has `upgrade-insecure-requests`, which breaks
 * the page on every address but loopback where the server speaks plain HTTP. Swagger UI sets style attributes and shows
 * `data:` images.
 */
const contentSecurityPolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

/** Of the routes of this Fastify the schemas alone are read. */
const calledByNobody = () => undefined

/** Collects the routes that are registered after it. */
const collectRoutes = async (app: FastifyInstance, version: string, routes: readonly RouteOptions[]): Promise<void> => {
  const operations = new Map(
    routes.flatMap(({ config }) => (config?.operation === undefined ? [] : [[config.operation.id, config.operation]])),
  )
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Retire-Cluster',
        version,
        description,
        contact: { name: 'Retire-Cluster' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [
        {
          url: '/',
          description: 'This server: local, or in production where you run it.',
          'x-internal': false,
        } as object as { url: string },
      ],
    },
    convertConstToEnum: false,
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `def-${index}`,
    },
    transformObject: (collected) =>
      'openapiObject' in collected
        ? (complete(collected.openapiObject as unknown as OpenApiDocument, operations) as never)
        : collected.swaggerObject,
  })
}

/** Registers Swagger UI. */
const showRoutes = async (app: FastifyInstance, pages: string): Promise<void> => {
  await app.register(swaggerUi, {
    routePrefix: pages,
    staticCSP: contentSecurityPolicy,
    theme: { title: 'Retire-Cluster API' },
    uiConfig: {
      tryItOutEnabled: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    },
  })
}

/**
 * Makes the documentation.
 * @param routes - those of the operations
 * @param pages - the path of the pages
 */
export const makeDocumentation = async ({
  version,
  routes,
  pages,
}: {
  readonly version: string
  readonly routes: readonly RouteOptions[]
  readonly pages: string
}): Promise<Documentation> => {
  const app = fastify({ schemaController: compilersOfPlugins, exposeHeadRoutes: false })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  await collectRoutes(app, version, routes)
  for (const { method, url, schema, config } of routes)
    app.route({ method, url, ...(schema && { schema }), ...(config && { config }), handler: calledByNobody })
  await showRoutes(app, pages)
  await app.ready()
  const json = `${JSON.stringify(app.swagger(), null, 2)}\n`
  return {
    json,
    yaml: () => stringify(JSON.parse(json)),
    page: async (url, headers) => {
      const answer = await app.inject({ method: 'GET', url, headers })
      return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload }
    },
  }
}
