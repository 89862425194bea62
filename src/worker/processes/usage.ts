/** What the processes of a task use up, sampled from /proc. */
import type { ResourceUsage } from '../../../schemas/task.ts'
import { megabytesOf, tenthsOf } from '../telemetry/units.ts'
import { followTree } from './followed-tree.ts'
import { readMemory } from './proc.ts'

/** Milliseconds between two samples: four a second cost well under a percent of an old phone's core. */
const SAMPLE_MS = 250

/** What is said of a task that nothing could be measured of. */
export const UNKNOWN_USAGE: ResourceUsage = {
  peak_cpu_percent: null,
  peak_memory_mb: null,
  total_cpu_time_seconds: null,
}

/** A measurement under way. */
export type UsageMeter = {
  /** Resident memory of the tree, bytes, as of the last sample; 0 where it is not known. */
  memoryBytes(): number
  /** Ends it, and tells what was seen. */
  stop(): ResourceUsage
}

/** Every so many samples, from the second on, all processes are searched for those that lost their parent: once a second. */
const SEARCH_EVERY = 4

/**
 * Watches all processes of an attempt. The figures are those of the samples: what happened after the last one (250 ms at the
 * most) is not in them, of a process that lost its parent nothing before the next search, and of a task that ended before the
 * second sample nothing is known (null).
 * @param root - its first process
 */
export const measureUsage = (root: number, attempt: string): UsageMeter => {
  if (process.platform !== 'linux' && process.platform !== 'android')
    return { memoryBytes: () => 0, stop: () => UNKNOWN_USAGE }
  const tree = followTree(root, attempt)
  let peakBytes: number | null = null
  let peakCores: number | null = null
  let before: { readonly cpuSeconds: number; readonly atMs: number } | null = null
  let samples = 0
  let lastBytes = 0
  const sample = () => {
    const { living, cpuSeconds, foundCpuSeconds } = tree.look({ search: samples % SEARCH_EVERY === 1 })
    if (living.length === 0) {
      lastBytes = 0
      return
    }
    samples += 1
    let bytes = 0
    for (const pid of living) {
      const memory = readMemory(pid)
      bytes += memory?.now ?? 0
      peakBytes = Math.max(peakBytes ?? 0, memory?.highest ?? 0)
    }
    lastBytes = bytes
    peakBytes = Math.max(peakBytes ?? 0, bytes)
    const atMs = performance.now()
    if (before !== null) {
      // What was used before it was found belongs to the sum, and to no moment.
      const usedSeconds = cpuSeconds - before.cpuSeconds - foundCpuSeconds
      peakCores = Math.max(peakCores ?? 0, (usedSeconds * 1000) / (atMs - before.atMs))
    }
    // A child that nobody waited for takes its time with it; what was seen before still was used.
    before = { cpuSeconds: Math.max(cpuSeconds, before?.cpuSeconds ?? 0), atMs }
  }
  sample()
  const timer = setInterval(sample, SAMPLE_MS)
  timer.unref()
  return {
    memoryBytes: () => lastBytes,
    stop: () => {
      clearInterval(timer)
      return {
        peak_cpu_percent: peakCores === null ? null : tenthsOf(peakCores * 100),
        // Zero is a process that was seen only as it ended; at the first sample it has hardly begun.
        peak_memory_mb: samples < 2 || peakBytes === null || peakBytes === 0 ? null : megabytesOf(peakBytes),
        total_cpu_time_seconds: samples < 2 || before === null ? null : Number(before.cpuSeconds.toFixed(2)),
      }
    },
  }
}

/** Measurements whose sum is asked for. */
export type UsageMeters = {
  readonly measure: typeof measureUsage
  /** Resident memory of all trees that are measured at the moment, bytes. */
  memoryBytes(): number
}

/** Nothing is measured yet. */
export const createUsageMeters = (): UsageMeters => {
  const meters = new Set<UsageMeter>()
  return {
    measure: (root, attempt) => {
      const meter = measureUsage(root, attempt)
      meters.add(meter)
      return {
        memoryBytes: () => meter.memoryBytes(),
        stop: () => {
          meters.delete(meter)
          return meter.stop()
        },
      }
    },
    memoryBytes: () => [...meters].reduce((sum, meter) => sum + meter.memoryBytes(), 0),
  }
}
