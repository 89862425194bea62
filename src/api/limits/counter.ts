/** Counting requests against a budget, by @fastify/rate-limit. */
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ClusterError } from '../../cluster/errors.ts'
import { WINDOW_SECONDS } from './budgets.ts'
import { type Quota, secondsOf } from './headers.ts'

/** A budget after a request was counted against it. */
export type Counted = { readonly quota: Quota; readonly isExceeded: boolean }

/** The address that a request is counted under; of IPv6 the /64, which one household has. */
export const addressOf = ({ ip }: FastifyRequest): string => `address ${normalizeIP(ip)}`

/** Counts requests against a budget of its own; `callerOf` tells whose they are. `app` has @fastify/rate-limit. */
export const createCounter = (
  app: FastifyInstance,
  {
    name,
    limit,
    callerOf,
  }: { readonly name: Quota['name']; readonly limit: number; readonly callerOf: (request: FastifyRequest) => string },
): ((request: FastifyRequest) => Promise<Counted>) => {
  // Where other nodes count too, all budgets are counted in one place.
  const keyGenerator = (request: FastifyRequest) => `${name} ${callerOf(request)}`
  const count = app.createRateLimit({ max: limit, timeWindow: WINDOW_SECONDS * 1000, keyGenerator })
  return async (request) => {
    const counted = await count(request)
    if (counted.isAllowed) throw new TypeError(`a request was exempt from the budget ${name}`)
    const { max, remaining, ttl, isExceeded } = counted
    return { quota: { name, limit: max, remaining, resetMs: ttl, windowSeconds: WINDOW_SECONDS }, isExceeded }
  }
}

/** 429, with when to come back. */
export const exceeded = (reason: string, { limit, resetMs }: Quota): ClusterError =>
  new ClusterError('RATE_LIMIT_EXCEEDED', { reason, limit, retry_after_seconds: Math.max(1, secondsOf(resetMs)) })
