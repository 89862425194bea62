/** Who calls (CONTRACT.md §4). */
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import type { ApiKey } from '../../../schemas/index.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { MOST_WRONG_KEYS, WINDOW_SECONDS } from '../limits/budgets.ts'
import { addressOf, createCounter, exceeded } from '../limits/counter.ts'
import { rateLimitHeaders } from '../limits/headers.ts'
import { secretOf } from '../security/credentials.ts'
import type { Authenticator } from '../security/keys.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `ended` when the key of a request ends, for answers that go on: it was removed, or has expired. Returns what stops watching. */
    watchKey(request: FastifyRequest, ended: () => void): () => void
  }
  interface FastifyRequest {
    /** The key that the request came with; null on open routes, and where keys are off. */
    apiKey: ApiKey | null
  }
}

/** Open to everybody (CONTRACT.md §4), whatever is asked there: a method that such a path does not have tells so without a key. */
const OPEN_PATH = /^\/(?:health|docs(?:\/.*)?|openapi\.(?:json|yaml))$/

const isOpen = ({ url }: FastifyRequest): boolean => OPEN_PATH.test(url.split('?', 1)[0] ?? '')

/** Asks for a key; paths that do not exist need one too, and tell nothing without. What it may do: permission.ts. */
export default fp<{ readonly auth: Authenticator | null }>(
  (app, { auth }, done) => {
    app.decorateRequest('apiKey', null)
    app.decorate('watchKey', ({ apiKey }: FastifyRequest, ended: () => void) =>
      auth === null || apiKey === null ? () => undefined : auth.watch(apiKey, ended),
    )
    if (auth === null) {
      done()
      return
    }

    const countWrong = createCounter(app, { name: 'wrong-keys', limit: MOST_WRONG_KEYS, callerOf: addressOf })
    app.addHook('onRequest', async (request, reply) => {
      if (isOpen(request)) return
      const key = await auth.authenticate(secretOf(request.headers))
      if (key !== null) {
        request.apiKey = key
        return
      }
      const { quota, isExceeded } = await countWrong(request)
      reply.headers(rateLimitHeaders(quota))
      if (isExceeded)
        throw exceeded(`${quota.limit} wrong keys in ${WINDOW_SECONDS / 60} minutes came from this address`, quota)
      throw new ClusterError('AUTHENTICATION_REQUIRED', { reason: 'the key is not known' })
    })
    done()
  },
  { name: 'security', dependencies: ['errors', 'request-id', 'counting'] },
)
