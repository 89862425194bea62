/** The clock of one device in a world of simulated time: the device sleeps, is stopped, and is switched off. */
import type { Clock } from '../../src/worker/clock.ts'
import type { FakeClock } from '../cluster/fake-clock.ts'

/**
 * How a device stands still. `asleep`: the system is suspended, and its monotonic clock with it (Linux, clock_gettime(2):
 * CLOCK_MONOTONIC "does not count time that the system is suspended"). `stopped`: the process alone is (SIGSTOP, a frozen app).
 */
export type Standstill = 'asleep' | 'stopped'

/** The clock of a device. */
export interface DeviceClock extends Clock {
  /** Nothing happens on the device from now on. */
  halt(how: Standstill): void
  /** It goes on: what fell due meanwhile happens now. */
  resume(): void
  isHalted(): boolean
  /** Calls at once, or when the device goes on: what arrives while it stands still waits for it. */
  whenAwake(act: () => void): void
  /** The device is switched off: nothing that it waited for happens any more. */
  end(): void
}

/** A clock of a device that runs. */
export const createDeviceClock = (world: FakeClock): DeviceClock => {
  let halted: { readonly how: Standstill; readonly sinceMs: number } | undefined
  let sleptMs = 0
  let isOver = false
  const held = new Set<() => void>()
  const monotonic = () => (halted?.how === 'asleep' ? halted.sinceMs : world.monotonic()) - sleptMs
  const whenAwake = (act: () => void) => {
    if (isOver) return
    if (halted === undefined) act()
    else held.add(act)
  }
  return {
    now: world.now,
    monotonic,
    after: (delayMs, fire) => {
      const dueMs = monotonic() + delayMs
      let cancel: () => void = () => undefined
      const look = () => {
        if (isOver) return
        if (halted !== undefined) held.add(look)
        else if (monotonic() >= dueMs) fire()
        else cancel = world.after(dueMs - monotonic(), look)
      }
      cancel = world.after(delayMs, look)
      return () => {
        cancel()
        held.delete(look)
      }
    },
    halt: (how) => (halted = { how, sinceMs: world.monotonic() }),
    resume: () => {
      if (halted?.how === 'asleep') sleptMs += world.monotonic() - halted.sinceMs
      halted = undefined
      const acts = [...held]
      held.clear()
      for (const act of acts) act()
    },
    isHalted: () => halted !== undefined,
    beforeWaiting: (fire) => world.beforeWaiting(() => whenAwake(fire)),
    whenAwake,
    end: () => {
      isOver = true
      held.clear()
    },
  }
}
