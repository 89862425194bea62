/** How much a caller may ask (CONTRACT.md §4). */
import { finished } from 'node:stream'
import fp from 'fastify-plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Count } from '../../cluster/ports/counting.ts'
import { type Budget, budgetOf, type Limits, WINDOW_SECONDS } from '../limits/budgets.ts'
import { addressOf, createCounter, exceeded } from '../limits/counter.ts'
import { type Quota, rateLimitHeaders } from '../limits/headers.ts'
import { createSlots, type Release } from '../limits/slots.ts'
import { createTransferBudget, type CountBytes } from '../limits/transfers.ts'

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
    /** Counts bytes of a file that has gone in or out; null where nothing is counted. */
    countBytes: CountBytes | null
  }
}

/** What would help a caller that has used a budget up. */
const advice: Record<Exclude<Budget, 'transfer'>, string> = {
  read: '--rate-limit-read raises the limit',
  write: 'POST /api/v1/tasks/batch takes 1000 tasks as one write, and --rate-limit-write raises the limit',
}

/** Whom a request is counted against: its key, else its address. */
const callerOf = (request: FastifyRequest): string =>
  request.apiKey === null ? addressOf(request) : `key ${request.apiKey.id}`

/**
 * Counts every request that is let in, whatever becomes of it. `limits` null: nothing is counted, and no header tells of it.
 * `count` is where the bytes of files are counted, where that is not in this process.
 */
export default fp<{ readonly limits: Limits | null; readonly count: Count | undefined }>(
  (app, { limits, count }, done) => {
    app.decorateRequest('quota', null)
    app.decorateRequest('countBytes', null)
    if (limits === null) {
      app.decorate('takeStream', () => () => undefined)
      done()
      return
    }

    const counters: Record<keyof typeof advice, ReturnType<typeof createCounter>> = {
      read: createCounter(app, { name: 'read', limit: limits.read, callerOf }),
      write: createCounter(app, { name: 'write', limit: limits.write, callerOf }),
    }
    const beginTransfer = createTransferBudget(limits, count)
    app.addHook('onRequest', async (request, reply) => {
      const budget = budgetOf(request)
      if (budget === null) return
      if (budget === 'transfer') {
        const transfer = await beginTransfer(callerOf(request), (headers) => void reply.headers(headers))
        request.countBytes = transfer.count
        // Also of one that went while its key was looked up: that response is closed already.
        finished(reply.raw, transfer.end)
        return
      }
      const { quota, isExceeded } = await counters[budget](request)
      request.quota = quota
      reply.headers(rateLimitHeaders(quota))
      if (!isExceeded) return
      const used = `${quota.limit} ${budget}s in ${WINDOW_SECONDS / 60} minutes are used up`
      throw exceeded(`${used}; ${advice[budget]}`, quota)
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
    done()
  },
  { name: 'limits', dependencies: ['errors', 'counting', 'security'] },
)
