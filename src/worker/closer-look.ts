/** What is found out of a device once it has joined, so that joining waits for none of it: what programs tell, and how fast it is. */
import type { DeviceProfile } from '../../schemas/device-profile.ts'
import type { Battery } from '../../schemas/device.ts'
import { keepBenchmark } from './benchmark/kept.ts'
import { createBenchmarkSchedule } from './benchmark/schedule.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Machine } from './machine.ts'
import { readSlowFacts } from './profile/slow-facts.ts'

/** What a closer look needs. */
export type CloserLookOptions = {
  readonly machine: Machine
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  /** Measures how fast one core is, operations per second; rejects where it is ended. */
  readonly measure: (signal: AbortSignal) => Promise<number>
  /** True while a task runs on the device. */
  readonly isBusy: () => boolean
  readonly battery: () => Promise<Battery | null>
  /** What is known of the device by now. */
  readonly profile: () => DeviceProfile
  /** Takes what more is known. */
  readonly learn: (more: Partial<DeviceProfile>) => void
}

/** A closer look at the device. */
export interface CloserLook {
  /** The device has joined. Only the first call does anything. */
  begin(): void
  /** A task has come: it has the device for itself. */
  giveWay(): void
  /** Resolves when nothing that it has started runs any more. */
  stop(): Promise<void>
}

/** Makes one. */
export const createCloserLook = (options: CloserLookOptions): CloserLook => {
  const { machine, dataDir, clock, log, profile, learn } = options
  const benchmark = createBenchmarkSchedule({
    clock,
    log,
    measure: options.measure,
    isBusy: options.isBusy,
    battery: options.battery,
    measured: async (operations_per_second) => {
      const measured = { operations_per_second, measured_at: new Date().toISOString() }
      log.info(measured, 'measured how fast this device is')
      try {
        await keepBenchmark(dataDir, profile(), measured)
      } catch (error) {
        // It is known all the same, and measured again at the next start.
        log.warn({ err: error }, 'how fast this device is could not be kept')
      }
      learn({ benchmark: measured })
    },
  })
  const askPrograms = async () => {
    try {
      const facts = await readSlowFacts(machine, profile())
      if (Object.keys(facts).length > 0) learn(facts)
    } catch (error) {
      log.warn({ err: error }, 'what else this device has could not be read')
    }
  }
  let hasBegun = false
  return {
    begin: () => {
      if (hasBegun) return
      hasBegun = true
      void askPrograms()
      if ((profile().benchmark ?? null) === null) benchmark.begin()
    },
    giveWay: benchmark.giveWay,
    stop: benchmark.stop,
  }
}
