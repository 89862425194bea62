/** Records for tests of what is pure. */
import type { Priority, Requirements, TaskInput } from '../../schemas/index.ts'
import { newTask } from '../../src/cluster/admission.ts'
import type { Knowledge } from '../../src/cluster/experience.ts'
import { type Candidate, createPlaces, type Places } from '../../src/cluster/places.ts'
import { nothingLearned } from '../../src/cluster/learned.ts'
import type { DeviceRecord, TaskRecord } from '../../src/cluster/ports/records.ts'
import { helloOf, idle } from './world.ts'

/** A small Linux machine that is online. */
export const deviceOf = (id: string, change: Partial<DeviceRecord> = {}): DeviceRecord => {
  const { profile, offer } = helloOf()
  return {
    id,
    credential_hash: '',
    status: 'online',
    role: 'compute',
    tags: [],
    display_name: null,
    schedulable: true,
    profile,
    offer,
    telemetry: idle,
    declared_role: 'compute',
    declared_tags: [],
    learned: nothingLearned,
    unclean_stops: [],
    registered_ms: 0,
    last_seen_ms: 0,
    ...change,
  }
}

/** The same, with a benchmark. */
export const measured = (id: string, operations_per_second: number): DeviceRecord => {
  const { profile } = helloOf()
  const benchmark = { operations_per_second, measured_at: '2026-11-24T12:00:00.000Z' }
  return deviceOf(id, { profile: { ...profile, benchmark } })
}

/** A task that waits. */
export const taskOf = (
  sequence: number,
  created_ms: number,
  more: {
    type?: string
    payload?: Record<string, unknown>
    priority?: Priority
    requirements?: Requirements
    batch_id?: string
    inputs?: TaskInput[]
  } = {},
): TaskRecord =>
  newTask(
    {
      task_type: more.type ?? 'echo',
      payload: more.payload ?? {},
      priority: more.priority ?? 'normal',
      requirements: more.requirements ?? {},
      inputs: more.inputs ?? [],
      ...(more.batch_id === undefined ? {} : { batch_id: more.batch_id }),
    },
    { task_id: `task-${sequence}`, sequence, original_task_id: null },
    60,
    created_ms,
  )

/** A scheduler that has seen nothing yet. */
export const ignorance: Knowledge = {
  standing: () => ({ success: 0.5, speed: 0.5 }),
  reach: () => ({ holds: () => true, most: () => ({ success: 0.5, speed: 0.5 }) }),
  affinity: () => ({ last: undefined, batch: undefined, avoided: undefined }),
  keeps: () => 0,
}

/** The places of one pass over these devices, and what fills a slot of one. */
export const placesOf = (
  candidates: readonly Candidate[],
  knowledge: Knowledge = ignorance,
): { readonly places: Places; readonly fill: (device_id: string) => void } => {
  const free = new Map(candidates.map((candidate) => [candidate.device.id, candidate]))
  const changed = new Set(free.keys())
  const candidate = (id: string) => {
    const known = free.get(id)
    return known === undefined || known.free <= 0 ? undefined : known
  }
  const takeChanged = () => {
    const ids = [...changed]
    changed.clear()
    return ids
  }
  return {
    places: createPlaces({ takeChanged, mayBeFree: candidate, candidate }, knowledge)(),
    fill: (id) => {
      const known = free.get(id)
      if (known !== undefined) free.set(id, { ...known, free: known.free - 1 })
      changed.add(id)
    },
  }
}
