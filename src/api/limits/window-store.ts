/** Where @fastify/rate-limit counts. */
import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import { createWindows } from './windows.ts'

/** What a request has come to, as the plugin reads it. */
type Counted = { current: number; ttl: number }

/** A store of windows, as the plugin calls it. */
type WindowStore = {
  incr(key: string, answer: (error: null, counted: Counted) => void, lengthMs: number): void
  child(): FastifyRateLimitStore
}

/**
 * Windows of our own: the plugin's store measures them by the wall clock.
 * @param monotonic - milliseconds that never jump
 */
export const windowStore = (monotonic?: () => number, capacity?: number): new () => WindowStore =>
  class Store implements WindowStore {
    readonly #windows = createWindows(monotonic, capacity)

    incr(key: string, answer: (error: null, counted: Counted) => void, lengthMs: number): void {
      const { total, leftMs } = this.#windows.add(key, 1, lengthMs)
      answer(null, { current: total, ttl: leftMs })
    }

    /** Each limiter counts in a store of its own. */
    child(): FastifyRateLimitStore {
      return new Store()
    }
  }
