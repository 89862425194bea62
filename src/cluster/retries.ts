/** When a failed run is repeated. */

/** The first wait is at most this long, milliseconds. */
const BASE_MS = 1000
/** No wait is longer, milliseconds. */
const CAP_MS = 60_000
/**
 * True where a task that waits until `not_before_ms` may go now, both in epoch milliseconds. One that is further away than any
 * wait tells that the wall clock has jumped back: it has waited long enough.
 */
export const isDue = (not_before_ms: number, now: number): boolean =>
  not_before_ms <= now || not_before_ms - now > CAP_MS + 1

/** A device that hands a task back gets nothing of it for this long, so that two of them cannot play ball with it. */
export const RETURN_DELAY_MS = 1000
/** How often a task may lose its device before it is failed (CONTRACT, DESIGN). */
export const MAX_LOST_ATTEMPTS = 5

/**
 * Exponential backoff with full jitter: a random share of base × 2^retries, capped.
 * AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 * @param retries - repeats so far, 0 before the first
 * @param share - random, in [0, 1)
 */
export const backoffMs = (retries: number, share: number): number =>
  Math.round(share * Math.min(CAP_MS, BASE_MS * 2 ** retries))
