/** Which devices probably still keep which files: those that they were given with their tasks. In memory; a start knows of none. */
import type { TaskRecord } from '../ports/records.ts'

/** Of so many files it is known who keeps them; those that were given out longest ago are forgotten. */
const MOST_FILES = 50_000
/** Of a task with more inputs the first ones stand for all: a pass asks this for many tasks. */
const MOST_INPUTS = 32

/** Who keeps what. */
export interface KeptFiles {
  /** The device was given a task, and fetches what it takes. */
  given(record: TaskRecord, device_id: string): void
  /** The share of the inputs of a task that a device keeps, 0–1; 0 where it takes none. */
  share(record: TaskRecord, device_id: string): number
  /** The device was removed. */
  forget(device_id: string): void
}

/** Nothing is kept anywhere. */
export const createKeptFiles = (): KeptFiles => {
  const keepers = new Map<string, Set<string>>()

  return {
    given: ({ task }, device_id) => {
      for (const { sha256 } of task.inputs) {
        const devices = keepers.get(sha256) ?? new Set()
        keepers.delete(sha256)
        keepers.set(sha256, devices.add(device_id))
        const [oldest] = keepers.keys()
        if (keepers.size > MOST_FILES && oldest !== undefined) keepers.delete(oldest)
      }
    },
    share: ({ task }, device_id) => {
      if (task.inputs.length === 0) return 0
      const inputs = task.inputs.slice(0, MOST_INPUTS)
      const kept = inputs.filter(({ sha256 }) => keepers.get(sha256)?.has(device_id) === true)
      return kept.length / inputs.length
    },
    forget: (device_id) => {
      for (const [sha256, devices] of keepers)
        if (devices.delete(device_id) && devices.size === 0) keepers.delete(sha256)
    },
  }
}
