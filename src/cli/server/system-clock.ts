/** The Clock port on the system's own clocks. */
import type { Clock } from '../../cluster/ports/clock.ts'

/** Node fires a timer beyond 2^31-1 ms at once; longer ones are made of several. */
const LONGEST_TIMER_MS = 2_147_483_647

/** The clocks and timers of this process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, fire) => {
    const due = performance.now() + delayMs
    // Timers count in whole milliseconds and may fire a fraction early: the rest is waited for.
    const arm = (leftMs: number) => setTimeout(check, Math.min(Math.max(0, Math.ceil(leftMs)), LONGEST_TIMER_MS))
    const check = () => {
      const leftMs = due - performance.now()
      if (leftMs <= 0) fire()
      else timer = arm(leftMs)
    }
    let timer = arm(delayMs)
    return () => clearTimeout(timer)
  },
  endOfTurn: (flush) => {
    setImmediate(flush)
  },
}
