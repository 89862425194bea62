/** Whether a device takes tasks, by its owner's policy and how it is at the moment. Pure. */
import type { Battery } from '../../../schemas/device.ts'
import type { OwnerPolicy, Pause, PauseReason } from '../../../schemas/policy.ts'
import { hoursOf, isOpen } from './hours.ts'

/** How the device is, as far as the policy asks. What it cannot tell is null. */
export type Conditions = {
  readonly battery: Battery | null
  /** Its hottest sensor, degrees Celsius. */
  readonly temperatureCelsius: number | null
  /** Degrees until its system switches it off for its heat; null where none tells. */
  readonly heatLeft: number | null
  /** The wall clock, epoch milliseconds. */
  readonly nowMs: number
  /** How long nobody has used it, milliseconds. */
  readonly unusedMs: number | null
  /** Memory that programs of tasks hold together, bytes. */
  readonly tasksMemoryBytes: number
  /** Memory that is to be had, as a share of all, 0–1. */
  readonly freeMemoryShare: number | null
}

/** What a look at the device left: the next one goes on from there. */
export type Assessment = {
  /** Why the device takes nothing; null where it takes tasks. */
  readonly pause: Pause | null
  /** All limits that hold, not only the one that is told. */
  readonly held: ReadonlySet<PauseReason>
  /** Looks in a row at which it was too hot. */
  readonly hotLooks: number
}

/** Nothing was looked at yet. */
export const unassessed: Assessment = { pause: null, held: new Set(), hotLooks: 0 }

/** So near the floor, in points of charge, its tasks are moved: they end, or go elsewhere, before it is reached. */
const NEAR_FLOOR = 2
/** So far above the floor, in points of charge, it takes tasks again off the plug. */
const ABOVE_FLOOR = 5
/** So far below the limit, in degrees, it takes tasks again. */
const COOLER = 3
/** Looks in a row that make it too hot: one sensor lies now and then. */
const HOT_LOOKS = 2
/** So few degrees from being switched off its tasks go elsewhere, and so many it takes some again. */
const NEARLY_OFF = 5
const FAR_FROM_OFF = 15
/** So long after it was last used it takes tasks again, milliseconds. */
export const UNUSED_MS = 300_000
/** Of the memory that tasks may use, so much is in use when it takes tasks again. */
const MEMORY_AGAIN = 0.9
/** The share of the memory below which it is short, and that above which it is not any more. */
const SHORT_MEMORY = 0.1
const ENOUGH_MEMORY = 0.15

const GIB = 2 ** 30

/** One limit: in words why it holds; null where it does not. `isHeld`: it held at the last look. */
type Limit = (policy: OwnerPolicy, conditions: Conditions, isHeld: boolean) => string | null

const batteryLimit: Limit = ({ min_battery_percent: floor }, { battery }, isHeld) => {
  // On the plug it charges, however low: tasks slow that down, and wear nothing.
  const level = battery?.level ?? null
  if (floor === null || level === null || battery?.charging === true) return null
  const again = Math.min(100, floor + ABOVE_FLOOR)
  const near = Math.min(100, floor + NEAR_FLOOR)
  if (level >= (isHeld ? again : near)) return null
  return `It is on battery at ${level} %, and its owner keeps ${floor} %. It takes tasks again on the plug, or from ${again} % on.`
}

const plugLimit: Limit = ({ only_charging }, { battery }) => {
  // A device without a battery is always on the plug (CONTRACT.md §3).
  if (!only_charging || battery === null || battery.charging === true) return null
  return battery.charging === false
    ? 'It is off the plug, and works on the plug alone.'
    : 'It does not tell whether it is on the plug, and works on the plug alone.'
}

/** What the limit of heat is about: the battery where it tells, since a processor at work is warmer than any battery may be. */
const heatOf = ({ battery, temperatureCelsius }: Conditions): number | null =>
  battery?.temperature_celsius ?? temperatureCelsius

const heatLimit: Limit = ({ max_temperature_celsius: most }, conditions, isHeld) => {
  const heat = heatOf(conditions)
  if (most === null || heat === null || heat <= (isHeld ? most - COOLER : most)) return null
  return `It is at ${heat} °C, above the ${most} °C of its owner. It takes tasks again at ${most - COOLER} °C.`
}

/** No flag turns it off: the device is about to go, and with it what it runs. */
const shutdownLimit: Limit = (_policy, { heatLeft }, isHeld) =>
  heatLeft === null || heatLeft > (isHeld ? FAR_FROM_OFF : NEARLY_OFF)
    ? null
    : `It is ${Math.max(0, heatLeft)} °C below the heat at which its system switches it off. It takes tasks again at ${FAR_FROM_OFF} below.`

const hoursLimit: Limit = ({ hours }, { nowMs }) =>
  hours === null || isOpen(hoursOf(hours), nowMs)
    ? null
    : `It takes tasks from ${hours.replace('-', ' to ')} by its own clock.`

const useLimit: Limit = ({ pause_when_used }, { unusedMs }) =>
  !pause_when_used || unusedMs === null || unusedMs >= UNUSED_MS
    ? null
    : `Somebody uses it. It takes tasks again ${UNUSED_MS / 60_000} minutes after.`

const memoryLimit: Limit = ({ max_memory_gb: most }, { tasksMemoryBytes, freeMemoryShare }, isHeld) => {
  if (most === null) return null
  const used = tasksMemoryBytes / GIB
  if (used >= (isHeld ? MEMORY_AGAIN * most : most))
    return `Its tasks use ${used.toFixed(1)} GiB of memory, of ${most} GiB that they may.`
  if (freeMemoryShare === null || freeMemoryShare >= (isHeld ? ENOUGH_MEMORY : SHORT_MEMORY)) return null
  return `Its memory is short: ${Math.round(freeMemoryShare * 100)} % is free.`
}

/** The limits, the one that is told first where several hold. */
const limits: readonly (readonly [reason: PauseReason, limit: Limit])[] = [
  ['overheating', shutdownLimit],
  ['battery', batteryLimit],
  ['unplugged', plugLimit],
  ['temperature', heatLimit],
  ['hours', hoursLimit],
  ['used', useLimit],
  ['memory', memoryLimit],
]

/** Whether what runs is moved elsewhere. Where its own memory is short, its tasks are, and end by themselves: elsewhere they would begin anew. */
export const movesTasks = (reason: string): boolean => reason !== 'memory'

/** Whether what runs is handed back at once: the device may be gone before a grace is over. */
export const isUrgent = (reason: string): boolean => reason === 'overheating'

/** Whether the device takes tasks, as it is at a look. */
export const assess = (policy: OwnerPolicy, conditions: Conditions, before: Assessment): Assessment => {
  const held = new Map<PauseReason, string>()
  let hotLooks = 0
  for (const [reason, limit] of limits) {
    const wasHeld = before.held.has(reason)
    const message = limit(policy, conditions, wasHeld)
    if (message === null) continue
    if (reason === 'temperature') hotLooks = before.hotLooks + 1
    if (reason !== 'temperature' || wasHeld || hotLooks >= HOT_LOOKS) held.set(reason, message)
  }
  const [first] = held
  return {
    pause: first === undefined ? null : { reason: first[0], message: first[1] },
    held: new Set(held.keys()),
    hotLooks,
  }
}

/** True where the policy has no limit of its own that needs a look at the device. */
export const isUnlimited = (policy: OwnerPolicy): boolean =>
  !policy.only_charging &&
  !policy.pause_when_used &&
  policy.min_battery_percent === null &&
  policy.max_temperature_celsius === null &&
  policy.max_memory_gb === null &&
  policy.hours === null
