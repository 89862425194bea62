/** What the processes of a task use up, sampled from /proc. */
import type { ResourceUsage } from '../../../schemas/task.ts'
import { megabytesOf, tenthsOf } from '../telemetry/units.ts'
import { readMemory, readStat, treeOf } from './proc.ts'

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
  /** Ends it, and tells what was seen. */
  stop(): ResourceUsage
}

/**
 * Watches the tree under a process. The figures are those of the samples: what happened after the last one (250 ms at the
 * most) is not in them, and of a task that ended before the second one the processor time is unknown (null).
 */
export const measureUsage = (root: number): UsageMeter => {
  if (process.platform !== 'linux' && process.platform !== 'android') return { stop: () => UNKNOWN_USAGE }
  let peakBytes: number | null = null
  let peakCores: number | null = null
  let before: { readonly cpuSeconds: number; readonly atMs: number } | null = null
  let samples = 0
  const sample = () => {
    let bytes = 0
    let cpuSeconds = 0
    let found = false
    for (const pid of treeOf(root)) {
      const stat = readStat(pid)
      if (stat === null) continue
      found = true
      cpuSeconds += stat.cpuSeconds
      const memory = readMemory(pid)
      bytes += memory?.now ?? 0
      peakBytes = Math.max(peakBytes ?? 0, memory?.highest ?? 0)
    }
    if (!found) return
    samples += 1
    peakBytes = Math.max(peakBytes ?? 0, bytes)
    const atMs = performance.now()
    if (before !== null) {
      peakCores = Math.max(peakCores ?? 0, ((cpuSeconds - before.cpuSeconds) * 1000) / (atMs - before.atMs))
    }
    // A descendant that nobody waited for takes its time with it; what was seen before still was used.
    before = { cpuSeconds: Math.max(cpuSeconds, before?.cpuSeconds ?? 0), atMs }
  }
  sample()
  const timer = setInterval(sample, SAMPLE_MS)
  timer.unref()
  return {
    stop: () => {
      clearInterval(timer)
      return {
        peak_cpu_percent: peakCores === null ? null : tenthsOf(peakCores * 100),
        // Zero is a process that was seen only as it ended.
        peak_memory_mb: peakBytes === null || peakBytes === 0 ? null : megabytesOf(peakBytes),
        total_cpu_time_seconds: samples < 2 || before === null ? null : Number(before.cpuSeconds.toFixed(2)),
      }
    },
  }
}
