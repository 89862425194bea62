/** The scheduler: which task goes to which device. Pure; no clock, no await, no logger. */
import TinyQueue from 'tinyqueue'
import type { DeviceRecord, TaskRecord } from './ports/store.ts'
import type { PendingClass } from './pending-queue.ts'
import { unmetNow } from './requirements.ts'

/** A device that may be given a task now. */
export type Candidate = {
  readonly device: DeviceRecord
  /** Slots that it offers. */
  readonly slots: number
  /** Slots that are free. */
  readonly free: number
}

/** A decision. */
export type Assignment = { readonly record: TaskRecord; readonly device_id: string }

/** The weights of a score, each with its reason. All parts lie in 0–1. */
export const weights = {
  /** Spread first: an empty device answers sooner than a full one, and heats up less. */
  freeSlots: 10,
  /** Its owner may be using it: the processor's own word beside our count of slots. */
  idleCpu: 3,
  /** Charge spent on a battery wears it out; the plug is free. */
  powered: 5,
  /** Heat kills old batteries; below 35 °C nothing is lost, from 50 °C on everything. */
  cool: 4,
} as const

const unit = (value: number) => Math.min(1, Math.max(0, value))

/** How well a device suits any task: the higher, the better. */
export const score = ({ device: { telemetry }, slots, free }: Candidate): number => {
  const { cpu_usage, battery, temperature_celsius } = telemetry
  const idle = cpu_usage === null ? 0.5 : 1 - cpu_usage / 100
  const power = battery === null || battery.charging === true ? 1 : ((battery.level ?? 50) / 100) * 0.5
  const cool = temperature_celsius === null ? 1 : unit((50 - temperature_celsius) / 15)
  return weights.freeSlots * (free / slots) + weights.idleCpu * idle + weights.powered * power + weights.cool * cool
}

const best = (candidates: readonly Mutable[]): Mutable | undefined => {
  let chosen: Mutable | undefined
  let highest = -Infinity
  for (const candidate of candidates) {
    if (candidate.free === 0) continue
    const value = score(candidate)
    // Equal scores go by id, so that the same state gives the same decision.
    if (value > highest || (value === highest && chosen !== undefined && candidate.device.id < chosen.device.id)) {
      chosen = candidate
      highest = value
    }
  }
  return chosen
}

type Mutable = { device: DeviceRecord; slots: number; free: number }

/**
 * One pass over classes × free devices; its cost does not grow with the length of the queue, but with what it gives out.
 * `take` removes an assigned task from its class, so that the class shows its next head.
 */
export const schedule = (
  classes: readonly PendingClass[],
  candidates: readonly Candidate[],
  take: (assignment: Assignment) => void,
): void => {
  const devices: Mutable[] = candidates.filter(({ free }) => free > 0).map((candidate) => ({ ...candidate }))
  let free = devices.reduce((sum, device) => sum + device.free, 0)
  if (free === 0) return
  const order = new TinyQueue(
    classes
      .filter((pending) => pending.head() !== undefined)
      .map((pending) => ({ pending, rank: pending.headRank(), fitting: undefined as Mutable[] | undefined })),
    (a, b) => a.rank - b.rank,
  )
  while (free > 0) {
    const next = order.pop()
    if (next === undefined) return
    const { pending } = next
    const record = pending.head()
    if (record === undefined) continue
    next.fitting ??= devices.filter(({ device }) => unmetNow(pending.demand, device) === undefined)
    const device = best(next.fitting)
    // Nothing in this class can be placed in this pass.
    if (device === undefined) continue
    device.free -= 1
    free -= 1
    take({ record, device_id: device.device.id })
    order.push({ ...next, rank: pending.headRank() })
  }
}
