/** How fast the devices of a cluster are by their benchmarks. Pure. */
import type { DeviceRecord } from './ports/records.ts'
import { shareOfSpeed } from './speed.ts'

/** The benchmarks of all registered devices. */
export interface Benchmarks {
  /** A device was written: as it was before, and as it is now; undefined where there was none, or is none any more. */
  update(before: DeviceRecord | undefined, after: DeviceRecord | undefined): void
  /**
   * How fast a device is against the middle one, 0–1: its operations per second over the cluster's median, at most 2, divided by 2.
   * Undefined where it was not measured.
   */
  speedOf(device: DeviceRecord): number | undefined
  /** The cluster's median, operations per second; 0 where no device was measured. */
  median(): number
}

const figureOf = (device: DeviceRecord | undefined) => device?.profile.benchmark?.operations_per_second

/** No device has been measured yet. */
export const createBenchmarks = (): Benchmarks => {
  /** In ascending order. */
  const figures: number[] = []
  const placeOf = (figure: number) => {
    let low = 0
    let high = figures.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((figures[middle] ?? 0) < figure) low = middle + 1
      else high = middle
    }
    return low
  }
  const median = () => {
    const last = figures.length - 1
    return ((figures[Math.floor(last / 2)] ?? 0) + (figures[Math.ceil(last / 2)] ?? 0)) / 2
  }
  return {
    median,
    update: (before, after) => {
      const [was, is] = [figureOf(before), figureOf(after)]
      if (was === is) return
      if (was !== undefined) figures.splice(placeOf(was), 1)
      if (is !== undefined) figures.splice(placeOf(is), 0, is)
    },
    speedOf: (device) => {
      const own = figureOf(device)
      if (own === undefined) return undefined
      const middle = median()
      return middle === 0 ? 0.5 : shareOfSpeed(own / middle)
    },
  }
}
