/**
 * What describes the API: the document as JSON and as YAML, and Swagger UI at /docs, from files of our own: it works without
 * the internet, and "Try it out" calls this server.
 */
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { stringify } from 'yaml'
import { weakTag } from '../conditional/etag.ts'

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

/** Shows the document. */
export default fp(
  async (app) => {
    const show = (path: string, type: string, make: () => string) => {
      let made: { readonly text: string; readonly tag: string } | undefined
      app.get(path, { schema: { hide: true } }, (_request, reply) => {
        if (made === undefined) {
          const text = make()
          made = { text, tag: weakTag(text) }
        }
        return reply.type(type).header('ETag', made.tag).send(made.text)
      })
    }
    show('/openapi.json', 'application/json; charset=utf-8', () => app.openapiJson())
    // The media type of RFC 9512.
    show('/openapi.yaml', 'application/yaml; charset=utf-8', () => stringify(JSON.parse(app.openapiJson())))

    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: contentSecurityPolicy,
      theme: { title: 'Retire-Cluster API' },
      uiConfig: {
        tryItOutEnabled: true,
        displayRequestDuration: true,
        docExpansion: 'list',
        defaultModelsExpandDepth: 0,
      },
    })
  },
  { name: 'docs', dependencies: ['openapi'] },
)
