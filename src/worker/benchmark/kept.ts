/** `DIR/benchmark.json`: what was measured, and on what: another processor or another Node is measured anew. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceProfile } from '../../../schemas/device-profile.ts'
import type { Benchmark } from '../../../schemas/hardware.ts'
import { writeDurably } from '../durable-file.ts'

/** What a figure holds for. */
type Subject = {
  readonly cpu_model: string | null
  readonly cpu_cores: number | null
  readonly node_version: string | null
}

const subjectOf = ({ cpu_model, cpu_cores, platform }: DeviceProfile): Subject => ({
  cpu_model,
  cpu_cores,
  node_version: platform.node_version,
})

const path = (dataDir: string): string => join(dataDir, 'benchmark.json')

/** The figure that was kept of this processor and this Node; null where there is none. */
export const keptBenchmark = async (dataDir: string, profile: DeviceProfile): Promise<Benchmark | null> => {
  let kept: unknown
  try {
    kept = JSON.parse(await readFile(path(dataDir), 'utf8'))
  } catch {
    // There is none yet, or half of one: it is measured.
    return null
  }
  const { operations_per_second, measured_at, ...subject } = { ...(kept as Partial<Benchmark>) }
  if (typeof operations_per_second !== 'number' || typeof measured_at !== 'string') return null
  return JSON.stringify(subject) === JSON.stringify(subjectOf(profile)) ? { operations_per_second, measured_at } : null
}

/** Keeps a figure. Resolves when it is on disk. */
export const keepBenchmark = (dataDir: string, profile: DeviceProfile, benchmark: Benchmark): Promise<void> =>
  writeDurably(path(dataDir), `${JSON.stringify({ ...benchmark, ...subjectOf(profile) }, null, 2)}\n`)
