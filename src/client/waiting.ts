/** Waiting for something that takes longer than one call may. */
import type { CallOptions } from './connection.ts'
import { TimeoutError } from './errors.ts'

/** How long to wait. */
export type WaitOptions = {
  /** Seconds to wait at most. When absent: for as long as it takes. */
  readonly timeoutSeconds?: number
  /** Ends the waiting; what is waited for goes on. */
  readonly signal?: AbortSignal
}

/** The longest that the API waits in one call, in seconds. */
const LONGEST_WAIT_SECONDS = 60

/**
 * Asks until there is an answer.
 * @param ask - asks once, and lets the API wait for so many seconds; resolves with undefined where there is no answer yet
 * @param perCallSeconds - how long one call waits at most
 * @throws TimeoutError when the time is up; the reason of `signal`, as soon as it is aborted
 */
export const waitFor = async <T>(
  { timeoutSeconds, signal }: WaitOptions,
  ask: (waitSeconds: number, call: CallOptions) => Promise<T | undefined>,
  perCallSeconds = LONGEST_WAIT_SECONDS,
): Promise<T> => {
  const timeUp = timeoutSeconds === undefined ? undefined : AbortSignal.timeout(timeoutSeconds * 1000)
  const call = { signal: AbortSignal.any([signal, timeUp].filter((one) => one !== undefined)) }
  try {
    for (;;) {
      const answer = await ask(perCallSeconds, call)
      if (answer !== undefined) return answer
    }
  } catch (error) {
    if (timeUp?.aborted !== true || signal?.aborted === true) throw error
    throw new TimeoutError(`It did not end within ${timeoutSeconds} s.`, { cause: error })
  }
}
