/** Counting in windows of time. */
import type { Counted } from '../../cluster/ports/counting.ts'

/** Callers that are counted at a time, in each budget: about 100 bytes each. */
const CAPACITY = 10_000

/** Windows, each from its first count on. */
export interface Windows {
  /** Adds to what was counted under a key; where no window is open, in a new one, which is as long as all others. */
  add(key: string, amount: number, lengthMs: number): Counted
}

type Window = { total: number; readonly endsMs: number }

/**
 * None is open yet. They are measured by a clock that never jumps: by the wall clock, one that jumps back (a Raspberry Pi that
 * finds its time server) would lock callers out for as long as it jumped.
 * @param monotonic - milliseconds that never jump
 */
export const createWindows = (monotonic: () => number = () => performance.now(), capacity = CAPACITY): Windows => {
  // All windows are equally long, and one that ended is added anew: the first of the map is the first to end.
  const windows = new Map<string, Window>()

  const forgetEnded = (nowMs: number) => {
    for (const [key, { endsMs }] of windows) {
      if (endsMs > nowMs) return
      windows.delete(key)
    }
  }
  /** Gives up the window that would end next. */
  const makeRoom = () => {
    const [first] = windows.keys()
    if (first !== undefined && windows.size >= capacity) windows.delete(first)
  }

  return {
    add: (key, amount, lengthMs) => {
      const nowMs = monotonic()
      forgetEnded(nowMs)
      let window = windows.get(key)
      if (window === undefined) {
        makeRoom()
        window = { total: 0, endsMs: nowMs + lengthMs }
        windows.set(key, window)
      }
      window.total += amount
      return { total: window.total, leftMs: window.endsMs - nowMs }
    },
  }
}
