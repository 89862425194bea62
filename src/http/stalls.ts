/** Stalls of this process: times in which it was stopped, or had no processor. What is due after one is due at once, and before anything is read. */

/** Between two looks, milliseconds. */
const LOOK_MS = 1000
/** A look that comes so much too late has found a stall, milliseconds: less is a busy machine. */
const LATE_MS = 3000
/** So long after a stall things may happen by it, milliseconds. */
const AFTER_MS = 1000

/** A watch for stalls. */
export type StallWatch = {
  /** True where a stall has just ended. */
  justStalled(): boolean
  /** Ends it. */
  end(): void
}

/**
 * Watches until it is ended, and keeps no process alive.
 * @param now - a monotonic clock, milliseconds
 */
export const watchStalls = (now: () => number = () => performance.now()): StallWatch => {
  let lookedMs = now()
  let stalledMs = -Infinity
  const look = () => {
    const lateMs = now() - lookedMs - LOOK_MS
    lookedMs = now()
    if (lateMs > LATE_MS) stalledMs = lookedMs
  }
  const looking = setInterval(look, LOOK_MS)
  looking.unref()
  return {
    justStalled: () => now() - stalledMs < AFTER_MS,
    end: () => clearInterval(looking),
  }
}
