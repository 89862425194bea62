/** What an answer tells of the budgets that its request was counted against. */
import type { Budget } from './budgets.ts'

/** A budget after a request was counted. */
export type Quota = {
  readonly name: Budget | 'streams' | 'transfers' | 'wrong-keys'
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until it is full again; of streams, until it is worth while to try again. */
  readonly resetMs: number
  /** The length of its window; absent where things at a time are counted. */
  readonly windowSeconds?: number
  /** What is counted in the window. When absent: requests. */
  readonly unit?: 'content-bytes'
}

const policy = ({ name, limit, windowSeconds, unit }: Quota): string => {
  if (windowSeconds === undefined) return `"${name}";q=${limit};qu="concurrent-requests"`
  return `"${name}";q=${limit};w=${windowSeconds}${unit === undefined ? '' : `;qu="${unit}"`}`
}

const state = ({ name, remaining, resetMs, windowSeconds }: Quota): string =>
  `"${name}";r=${remaining}${windowSeconds === undefined ? '' : `;t=${secondsOf(resetMs)}`}`

/** Whole seconds, never less than it takes. */
export const secondsOf = (ms: number): number => Math.ceil(ms / 1000)

/**
 * The document's three headers, of the budget that binds this operation; and the fields of
 * draft-ietf-httpapi-ratelimit-headers-10, of all budgets that it was counted against. `X-RateLimit-Reset` is an instant, in
 * seconds since 1970; the `t` of `RateLimit` is seconds from now.
 */
export const rateLimitHeaders = (binding: Quota, others: readonly Quota[] = []): Record<string, string> => ({
  'X-RateLimit-Limit': String(binding.limit),
  'X-RateLimit-Remaining': String(binding.remaining),
  'X-RateLimit-Reset': String(secondsOf(Date.now() + binding.resetMs)),
  RateLimit: [...others, binding].map(state).join(', '),
  'RateLimit-Policy': [...others, binding].map(policy).join(', '),
})
