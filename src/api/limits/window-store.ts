/** Where @fastify/rate-limit counts. */
import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import type { Count, Counted as InWindow } from '../../cluster/ports/counting.ts'
import { createWindows } from './windows.ts'

/** What a request has come to, as the plugin reads it. */
type Counted = { current: number; ttl: number }

/** How the plugin is answered. */
type Answer = (error: Error | null, counted?: Counted) => void

/** A store of windows, as the plugin calls it. */
type WindowStore = {
  incr(key: string, answer: Answer, lengthMs: number): void
  child(): FastifyRateLimitStore
}

/**
 * Windows of our own: the plugin's store measures them by the wall clock.
 * @param elsewhere - where is counted, where that is not in this process
 * @param monotonic - milliseconds that never jump
 */
export const windowStore = (elsewhere?: Count, monotonic?: () => number, capacity?: number): new () => WindowStore =>
  class Store implements WindowStore {
    readonly #count: Count = elsewhere ?? createWindows(monotonic, capacity).add

    incr(key: string, answer: Answer, lengthMs: number): void {
      const told = ({ total, leftMs }: InWindow) => answer(null, { current: total, ttl: leftMs })
      const counted = this.#count(key, 1, lengthMs)
      if (counted instanceof Promise) counted.then(told, (error: unknown) => answer(error as Error))
      else told(counted)
    }

    /** Each limiter counts in a store of its own. */
    child(): FastifyRateLimitStore {
      return new Store()
    }
  }
