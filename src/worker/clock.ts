/** Time as the worker sees it: given to it, so that tests move it instead of sleeping. */
import { performance } from 'node:perf_hooks'

/** The clock of the worker. All that is measured is so by the monotonic one: the wall clocks of old devices jump. */
export interface Clock {
  /** The wall clock, epoch milliseconds: what people set hours by. */
  now(): number
  /** Milliseconds from an arbitrary origin. */
  monotonic(): number
  /** Calls `fire` once, `delayMs` from now or a little later. Returns what ends the timer; harmless once it has fired. */
  after(delayMs: number, fire: () => void): () => void
  /** Calls `fire` once all is done that follows from this without waiting, and before anything that is waited for. */
  beforeWaiting(fire: () => void): void
}

/** Resolves when something is done, or so many milliseconds are over. */
export const atMost = async (clock: Clock, ms: number, done: Promise<void>): Promise<void> => {
  const late = Promise.withResolvers<undefined>()
  const cancel = clock.after(ms, () => late.resolve(undefined))
  await Promise.race([done, late.promise])
  cancel()
}

/** The longest delay of a Node timer; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, fire) => {
    const timer = setTimeout(fire, Math.min(delayMs, MAX_DELAY_MS))
    return () => clearTimeout(timer)
  },
  // Ticks come when no promise is left that can be gone on with: https://nodejs.org/api/process.html#when-to-use-queuemicrotask-vs-processnexttick
  beforeWaiting: (fire) => queueMicrotask(() => process.nextTick(fire)),
}
