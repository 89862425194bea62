/** When a request is sent again, and after how long. */
import { ConnectionError, isApiError } from './errors.ts'

/** A wait of more than this many seconds is not for a library to decide: the error goes to the caller, and tells it. */
const LONGEST_PATIENCE_SECONDS = 30

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 8_000

/** Milliseconds before attempt `attempt` (from 1 for the first repetition), for an error that asks for `atLeastMs`. */
export const delayMs = (attempt: number, atLeastMs = 0): number => {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
  // Full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
  return atLeastMs + Math.random() * ceiling
}

/** How a failed request may go on. */
export type Verdict = { readonly again: false } | { readonly again: true; readonly atLeastMs: number }

/** Statuses by which something between here and the API says "not now" rather than "no" (RFC 9110 §15.5.9, RFC 8470, RFC 6585). */
const NOT_NOW: readonly number[] = [408, 425, 429]

/** Whether something else than the API refused the request, as a proxy does a body that is too large for it. */
const isRefused = ({ status }: ConnectionError): boolean =>
  status !== undefined && status >= 400 && status < 500 && !NOT_NOW.includes(status)

/**
 * Whether it makes sense to send a request again.
 * @param repeatable - true where sending it twice does what sending it once does. Others are repeated only where the API
 *   said that it did nothing.
 */
export const judge = (error: unknown, { repeatable }: { readonly repeatable: boolean }): Verdict => {
  if (error instanceof ConnectionError)
    return repeatable && !isRefused(error) ? { again: true, atLeastMs: 0 } : { again: false }
  if (!isApiError(error)) return { again: false }
  const { code, retryAfterSeconds } = error
  if (code !== 'RATE_LIMIT_EXCEEDED' && code !== 'CLUSTER_UNAVAILABLE') return { again: false }
  if (retryAfterSeconds !== null && retryAfterSeconds > LONGEST_PATIENCE_SECONDS) return { again: false }
  return { again: true, atLeastMs: (retryAfterSeconds ?? 0) * 1000 }
}

/** Resolves after a while. @throws the reason of `signal`, as soon as it is aborted */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
