/** The OpenAPI document of what this server serves. */
import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import { complete, type OpenApiDocument } from '../document/document.ts'
import type { Operation } from '../operation/operation.ts'

const description = `Turns retired phones, tablets, laptops and Raspberry Pis into one compute cluster.

Every JSON answer has one of two envelopes: \`{status: "success", data, timestamp, request_id}\` or \`{status: "error", error: {code, message, details}, timestamp, request_id}\`. Codes and field names never change; messages are English, or Simplified Chinese where \`Accept-Language\` prefers \`zh\`. Send an \`X-Request-Id\` of your own (1–128 of \`[A-Za-z0-9._-]\`) to find the request in the log of the server.

Unknown fields and parameters are refused, never ignored. A figure that nobody knows is null.`

declare module 'fastify' {
  interface FastifyInstance {
    /** The document as it is served and committed: JSON text with a line feed at its end. */
    openapiJson(): string
  }
}

/** Collects every operation that is registered after it; the document is made when it is first asked for. */
export default fp<{ readonly version: string }>(
  async (app, { version }) => {
    const operations = new Map<string, Operation>()
    app.addHook('onRoute', ({ config, method }) => {
      const operation = config?.operation
      if (operation === undefined || method === 'HEAD') return
      if (operations.has(operation.id)) throw new TypeError(`the operation ${operation.id} is declared twice`)
      operations.set(operation.id, operation)
    })

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

    let json: string | undefined
    app.decorate('openapiJson', () => (json ??= `${JSON.stringify(app.swagger(), null, 2)}\n`))
  },
  { name: 'openapi', dependencies: ['errors'] },
)
