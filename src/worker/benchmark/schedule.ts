/** When the benchmark runs: once, after the device has joined, and only while it has nothing better to do. */
import type { Battery } from '../../../schemas/device.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** What the schedule needs. */
export type BenchmarkOptions = {
  readonly clock: Clock
  readonly log: Log
  /** Measures, operations per second; rejects where it is ended. */
  readonly measure: (signal: AbortSignal) => Promise<number>
  /** True while a task runs on the device. */
  readonly isBusy: () => boolean
  readonly battery: () => Promise<Battery | null>
  /** Takes what was measured. */
  readonly measured: (operations_per_second: number) => Promise<void>
}

/** The benchmark of a worker. */
export interface BenchmarkSchedule {
  /** The device has joined: it is measured soon. */
  begin(): void
  /** A task has come: what is under way is ended, and tried again. */
  giveWay(): void
  /** Ends it for good. Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

/** After joining, a device has its first tasks first. Most of those that are asked for at once have ended by then. */
const FIRST_MS = 30_000
/** A device that was busy, or low on charge, is looked at again. */
const AGAIN_MS = 60_000
/** Off the plug and below, in percent, nothing is measured. */
const LOW = 30

const isLow = (battery: Battery | null): boolean =>
  battery !== null && battery.charging !== true && (battery.level ?? 0) < LOW

/** Makes the schedule. */
export const createBenchmarkSchedule = (options: BenchmarkOptions): BenchmarkSchedule => {
  const { clock, log } = options
  let isStopped = false
  let cancel: () => void = () => undefined
  let running: AbortController | undefined
  let attempted = Promise.resolve()

  const tryAfter = (delayMs: number) => {
    if (isStopped) return
    cancel = clock.after(delayMs, () => {
      attempted = attempt()
    })
  }
  const attempt = async (): Promise<void> => {
    const current = new AbortController()
    running = current
    try {
      // The last: a task may have come while the battery was asked.
      if (options.isBusy() || isLow(await options.battery()) || current.signal.aborted) tryAfter(AGAIN_MS)
      else await options.measured(await options.measure(current.signal))
    } catch (error) {
      if (current.signal.aborted) tryAfter(AGAIN_MS)
      else log.warn({ err: error }, 'how fast this device is could not be measured')
    } finally {
      running = undefined
    }
  }

  return {
    begin: () => tryAfter(FIRST_MS),
    giveWay: () => running?.abort(),
    stop: () => {
      isStopped = true
      cancel()
      running?.abort()
      return attempted
    },
  }
}
