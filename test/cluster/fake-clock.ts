/** A clock that tests move. */
import type { Clock } from '../../src/cluster/ports/clock.ts'

type Timer = { readonly dueMs: number; readonly order: number; readonly fire: () => void }

/** Ends of turns and promises that are due now have run when this resolves. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** As the clock of a worker has it: once what follows without waiting is done. */
  beforeWaiting(fire: () => void): void
  /** Moves time on, firing what falls due on the way, in order. */
  advance(ms: number): Promise<void>
  /** Moves time on at once, as a process that was stopped sees it: timers fire late. */
  stall(ms: number): Promise<void>
  /** Makes the wall clock jump; the monotonic one does not notice. */
  jump(ms: number): void
}

/**
 * A clock that begins on 2026-11-24 at noon, UTC.
 * @param settled - when what a timer set going has happened
 */
export const fakeClock = (settled = settle): FakeClock => {
  let wallMs = Date.UTC(2026, 10, 24, 12)
  let monotonicMs = 1000
  let order = 0
  const timers = new Set<Timer>()
  const move = (ms: number) => {
    wallMs += ms
    monotonicMs += ms
  }
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0]
  const fireUntil = async (untilMs: number, onTheWay: (dueMs: number) => void) => {
    for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
      timers.delete(timer)
      onTheWay(timer.dueMs)
      timer.fire()
      await settled()
    }
  }
  return {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    after: (delayMs, fire) => {
      // Whole milliseconds: what is left of a fraction would be waited for without end.
      const timer = { dueMs: monotonicMs + Math.ceil(delayMs), order: (order += 1), fire }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    endOfTurn: (flush) => void setImmediate(flush),
    beforeWaiting: (fire) => queueMicrotask(() => process.nextTick(fire)),
    advance: async (ms) => {
      const untilMs = monotonicMs + ms
      await settled()
      await fireUntil(untilMs, (dueMs) => move(Math.max(0, dueMs - monotonicMs)))
      move(untilMs - monotonicMs)
      await settled()
    },
    stall: async (ms) => {
      move(ms)
      await fireUntil(monotonicMs, () => undefined)
      await settled()
    },
    jump: (ms) => {
      wallMs += ms
    },
  }
}
