/** Heartbeats: telemetry for the node, at the interval that it asks for. */
import type { Telemetry } from '../../schemas/device-profile.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/**
 * The first heartbeat after a welcome comes so soon, seconds: usage and rates need a span of time to be measured over, and
 * a person whose device has just joined looks at them.
 */
const FIRST_SECONDS = 5

/** The heartbeats of a worker. */
export interface Heartbeats {
  /** Beats from now on, every so many seconds, the first time soon. */
  start(intervalSeconds: number): void
  /** Beats at another interval, counted from now on. Nothing happens where it does not beat. */
  change(intervalSeconds: number): void
  /** Beats at once, besides. Resolves when it has; nothing happens where it does not beat. */
  now(): Promise<void>
  stop(): void
}

/** Makes the heartbeats. A sample that fails is logged, and the next one tried at its time. */
export const createHeartbeats = ({
  clock,
  sample,
  send,
  log,
}: {
  readonly clock: Clock
  readonly sample: () => Promise<Telemetry>
  readonly send: (telemetry: Telemetry) => void
  readonly log: Log
}): Heartbeats => {
  // One timer at a time: a beat whose timer was cancelled while it sampled sets no other.
  let current: { readonly cancel: () => void } | undefined
  const tell = async (isStillMeant: () => boolean) => {
    try {
      const telemetry = await sample()
      if (isStillMeant()) send(telemetry)
    } catch (error) {
      log.warn({ err: error }, 'no telemetry for a heartbeat')
    }
  }
  const beatAfter = (seconds: number, intervalSeconds: number) => {
    current?.cancel()
    const beat = async () => {
      await tell(() => current === timer)
      if (current === timer) beatAfter(intervalSeconds, intervalSeconds)
    }
    const timer = { cancel: clock.after(seconds * 1000, () => void beat()) }
    current = timer
  }
  return {
    start: (intervalSeconds) => beatAfter(Math.min(FIRST_SECONDS, intervalSeconds), intervalSeconds),
    change: (intervalSeconds) => {
      if (current !== undefined) beatAfter(intervalSeconds, intervalSeconds)
    },
    now: () => (current === undefined ? Promise.resolve() : tell(() => current !== undefined)),
    stop: () => {
      current?.cancel()
      current = undefined
    },
  }
}
