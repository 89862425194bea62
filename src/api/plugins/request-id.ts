/** Every request has an id: in its answer, in its envelope, and in every line that it leaves in the log. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'

const OWN_ID = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's own `X-Request-Id` where it is 1–128 of `[A-Za-z0-9._-]`, else a UUID. For Fastify's `genReqId`. */
export const requestIdOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const own = headers['x-request-id']
  return typeof own === 'string' && OWN_ID.test(own) ? own : randomUUID()
}

/** Sends it back. */
export default fp(
  (app, _options, done) => {
    app.addHook('onRequest', (request, reply, next) => {
      reply.header('X-Request-Id', request.id)
      next()
    })
    done()
  },
  { name: 'request-id' },
)
