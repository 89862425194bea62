/** How much a caller may ask (CONTRACT.md §4). */
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'
import { type Budget, budgetOf, type Limits, WINDOW_SECONDS } from '../limits/budgets.ts'
import { type Quota, rateLimitHeaders, secondsOf } from '../limits/headers.ts'
import { createSlots, type Release } from '../limits/slots.ts'
import { windowStore } from '../limits/window-store.ts'

/** Nobody knows when a stream ends: how soon it is worth while to ask again. */
const STREAM_RETRY_MS = 5000

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes one of the monitor streams that the caller may have open at a time, and tells so in the headers of the reply.
     * @throws ClusterError `RATE_LIMIT_EXCEEDED`
     */
    takeStream(request: FastifyRequest, reply: FastifyReply): Release
  }
  interface FastifyRequest {
    /** The budget that the request was counted against; null where it was not. */
    quota: Quota | null
  }
}

/** What would help a caller that has used a budget up. */
const advice: Record<Budget, string> = {
  read: '--rate-limit-read raises the limit',
  write: 'POST /api/v1/tasks/batch takes 1000 tasks as one write, and --rate-limit-write raises the limit',
}

/** Whom a request is counted against: its key, else its address (of IPv6 the /64, which one household has). */
const callerOf = ({ apiKey, ip }: FastifyRequest): string =>
  apiKey === null ? `address ${normalizeIP(ip)}` : `key ${apiKey.id}`

const exceeded = (reason: string, { limit, resetMs }: Quota) =>
  new ClusterError('RATE_LIMIT_EXCEEDED', { reason, limit, retry_after_seconds: Math.max(1, secondsOf(resetMs)) })

/** Counts every request that is let in, whatever becomes of it. `limits` null: nothing is counted, and no header tells of it. */
export default fp<{ readonly limits: Limits | null }>(
  async (app, { limits }) => {
    app.decorateRequest('quota', null)
    if (limits === null) {
      app.decorate('takeStream', () => () => undefined)
      return
    }

    await app.register(rateLimit, { global: false, store: windowStore() })
    const limiterOf = (max: number) =>
      app.createRateLimit({ max, timeWindow: WINDOW_SECONDS * 1000, keyGenerator: callerOf })
    const limiters: Record<Budget, ReturnType<typeof limiterOf>> = {
      read: limiterOf(limits.read),
      write: limiterOf(limits.write),
    }

    app.addHook('onRequest', async (request, reply) => {
      const budget = budgetOf(request)
      if (budget === null) return
      const counted = await limiters[budget](request)
      // Never so: no caller is exempt.
      if (counted.isAllowed) return
      const quota: Quota = {
        name: budget,
        limit: counted.max,
        remaining: counted.remaining,
        resetMs: counted.ttl,
        windowSeconds: WINDOW_SECONDS,
      }
      request.quota = quota
      reply.headers(rateLimitHeaders(quota))
      if (counted.isExceeded) {
        const used = `${counted.max} ${budget}s in ${WINDOW_SECONDS / 60} minutes are used up`
        throw exceeded(`${used}; ${advice[budget]}`, quota)
      }
    })

    const slots = createSlots(limits.streams)
    app.decorate('takeStream', (request: FastifyRequest, reply: FastifyReply): Release => {
      const caller = callerOf(request)
      const release = slots.take(caller)
      const quota: Quota = {
        name: 'streams',
        limit: limits.streams,
        remaining: limits.streams - slots.held(caller),
        resetMs: STREAM_RETRY_MS,
      }
      reply.headers(rateLimitHeaders(quota, request.quota === null ? [] : [request.quota]))
      if (release !== null) return release
      const open = `${limits.streams} monitor streams are open at a time`
      throw exceeded(`${open}; close one, or --rate-limit-streams raises the limit`, quota)
    })
  },
  { name: 'limits', dependencies: ['errors', 'security'] },
)
