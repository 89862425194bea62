/** How the device is doing: sampled for every heartbeat. What it cannot tell is null, never invented. */
import type { Telemetry } from '../../schemas/device-profile.ts'
import type { Clock } from './clock.ts'
import { attemptToRead, hasKernelFiles, type Machine } from './machine.ts'
import { type DesktopFigures, readDesktop } from './telemetry/desktop.ts'
import { readTemperature } from './telemetry/heat.ts'
import { createMeteredReader } from './telemetry/metered.ts'
import { readBattery } from './telemetry/power.ts'
import { type ProcessorTime, readProcessorTime } from './telemetry/processor.ts'
import { readTraffic, type Traffic } from './telemetry/traffic.ts'
import { gigabytesOf, percentOf } from './telemetry/units.ts'

/** Takes samples. Usage and rates are those since the sample before. */
export interface TelemetrySampler {
  sample(): Promise<Telemetry>
}

type Counters = {
  readonly atMs: number
  readonly processor: ProcessorTime | null
  readonly traffic: Traffic | null
}

/** Below it the kernel's ticks of 10 ms are too coarse for a share. */
const MIN_WINDOW_MS = 50

const usage = (before: ProcessorTime | null, now: ProcessorTime | null): number | null =>
  before === null || now === null || now.total <= before.total
    ? null
    : percentOf((now.busy - before.busy) / (now.total - before.total))

/** Bytes per second; null where a counter went backwards (an interface came back, a 32-bit counter ran over). */
const rate = (before: number | undefined, now: number | undefined, elapsedMs: number): number | null =>
  before === undefined || now === undefined || now < before || elapsedMs <= 0
    ? null
    : Math.round(((now - before) * 1000) / elapsedMs)

const storage = async (machine: Machine, dataDir: string) => {
  try {
    const { blocks, bfree, bsize } = await machine.statfs(dataDir)
    return { total: gigabytesOf(blocks * bsize), used: gigabytesOf((blocks - bfree) * bsize) }
  } catch {
    // The directory's file system is gone, or cannot tell: unknown.
    return { total: null, used: null }
  }
}

const linuxFigures = async (machine: Machine): Promise<DesktopFigures> => ({
  battery: await readBattery(machine),
  temperature: await readTemperature(machine),
  traffic: await readTraffic(machine),
})

/**
 * Makes a sampler, and starts its first window.
 * @param dataDir - whose file system is told of
 */
export const createTelemetry = ({
  dataDir,
  clock,
  machine,
}: {
  readonly dataDir: string
  readonly clock: Clock
  readonly machine: Machine
}): TelemetrySampler => {
  const { platform, system } = machine
  const readMetered = createMeteredReader(machine, clock)
  const readCpu = () => readProcessorTime(system)
  let before: Counters = { atMs: clock.monotonic(), processor: readCpu(), traffic: null }
  return {
    sample: async () => {
      const [{ battery, temperature, traffic }, disk, metered] = await Promise.all([
        hasKernelFiles(machine) ? linuxFigures(machine) : readDesktop(machine),
        storage(machine, dataDir),
        // macOS and Windows tell it to programs with a permission of their own alone.
        hasKernelFiles(machine) ? readMetered() : null,
      ])
      const now: Counters = { atMs: clock.monotonic(), processor: readCpu(), traffic }
      const elapsedMs = now.atMs - before.atMs
      const telemetry: Telemetry = {
        cpu_usage: elapsedMs < MIN_WINDOW_MS ? null : usage(before.processor, now.processor),
        // On Linux freemem() is MemAvailable, so that what the page cache would give back is not in use.
        memory_used_gb: gigabytesOf(system.totalmem() - system.freemem()),
        storage_total_gb: disk.total,
        storage_used_gb: disk.used,
        network_rx_bytes_per_second: rate(before.traffic?.received, traffic?.received, elapsedMs),
        network_tx_bytes_per_second: rate(before.traffic?.sent, traffic?.sent, elapsedMs),
        // Windows has no such figure, and Node says 0 there.
        load_average_1m: platform === 'win32' ? null : Number((system.loadavg()[0] ?? 0).toFixed(2)),
        temperature_celsius: temperature,
        battery,
        metered,
        uptime_seconds: attemptToRead(() => Math.floor(system.uptime())),
      }
      before = now
      return telemetry
    },
  }
}
