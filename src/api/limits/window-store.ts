/** Where @fastify/rate-limit counts. */
import type { FastifyRateLimitStore } from '@fastify/rate-limit'

/** Callers that are counted at a time, in each budget: about 100 bytes each. */
const CAPACITY = 10_000

type Counted = { current: number; ttl: number }

/** A store of windows, as the plugin calls it. */
type WindowStore = {
  incr(key: string, answer: (error: null, counted: Counted) => void, lengthMs: number): void
  child(): FastifyRateLimitStore
}

type Window = { count: number; readonly endsMs: number }

/**
 * Windows of a fixed length, each from its first request on. The plugin's own store measures them by the wall clock: one that
 * jumps back (a Raspberry Pi that finds its time server) would lock callers out for as long as it jumped.
 * @param monotonic - milliseconds that never jump
 */
export const windowStore = (
  monotonic: () => number = () => performance.now(),
  capacity = CAPACITY,
): new () => WindowStore =>
  class Windows implements WindowStore {
    // All windows are equally long, and one that ended is added anew: the first of the map is the first to end.
    readonly #windows = new Map<string, Window>()

    incr(key: string, answer: (error: null, counted: Counted) => void, lengthMs: number): void {
      const nowMs = monotonic()
      this.#forgetEnded(nowMs)
      let window = this.#windows.get(key)
      if (window === undefined) {
        this.#makeRoom()
        window = { count: 0, endsMs: nowMs + lengthMs }
        this.#windows.set(key, window)
      }
      window.count += 1
      answer(null, { current: window.count, ttl: window.endsMs - nowMs })
    }

    /** Each limiter counts in a store of its own. */
    child(): FastifyRateLimitStore {
      return new Windows()
    }

    #forgetEnded(nowMs: number): void {
      for (const [key, { endsMs }] of this.#windows) {
        if (endsMs > nowMs) return
        this.#windows.delete(key)
      }
    }

    /** Gives up the window that would end next. */
    #makeRoom(): void {
      const [first] = this.#windows.keys()
      if (first !== undefined && this.#windows.size >= capacity) this.#windows.delete(first)
    }
  }
