/** Fastify as it comes, which knows the schemas of the contract: it serialises by them with fast-json-stringify. */
import fastify, { type FastifyInstance } from 'fastify'
import { components } from '../../../schemas/component.ts'

/** A server without routes. */
export const schemaServer = (): FastifyInstance => {
  const app = fastify()
  for (const schema of components().values()) app.addSchema(schema)
  return app
}

/** Listens on a free port, and says so. */
export const listen = async (app: FastifyInstance): Promise<void> => {
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  process.stdout.write(`listening on ${new URL(address).port}\n`)
}
