/** What the owner lets the cluster use of this device: what the flags say, and where they say nothing, what spares a battery. Pure. */
import type { OwnerPolicy } from '../../../schemas/policy.ts'
import { gigabytesOf } from '../telemetry/units.ts'

/** A bound of the memory: so many bytes, or such a share of it in percent. */
export type MemoryBound = { readonly bytes: number } | { readonly percent: number }

/** What the owner said. Undefined: nothing, and the default applies; null or 0: no such limit, whatever the default. */
export type OwnerWishes = {
  readonly onlyCharging: boolean
  readonly minBatteryPercent: number | null | undefined
  readonly maxTemperatureCelsius: number | null | undefined
  readonly maxCpuPercent: number | null | undefined
  readonly maxMemory: MemoryBound | null | undefined
  readonly hours: string | null | undefined
  readonly pauseWhenUsed: boolean
}

/** An owner who said nothing. */
export const noWishes: OwnerWishes = {
  onlyCharging: false,
  minBatteryPercent: undefined,
  maxTemperatureCelsius: undefined,
  maxCpuPercent: undefined,
  maxMemory: undefined,
  hours: undefined,
  pauseWhenUsed: false,
}

/** An owner who wants no limits, not even those that spare a battery. */
export const withoutLimits: OwnerWishes = {
  ...noWishes,
  minBatteryPercent: null,
  maxTemperatureCelsius: null,
  maxCpuPercent: null,
}

/** What the limits depend on of the device. */
export type LimitedDevice = {
  readonly hasBattery: boolean
  /** Whether its battery tells its own temperature: only that is what the default bounds. */
  readonly tellsBatteryHeat: boolean
  /** Processor cores. */
  readonly cores: number
  readonly memoryBytes: number
  /** Whether anything tells that somebody uses it. */
  readonly tellsUse: boolean
}

/**
 * The defaults where there is a battery. What wears an old lithium cell is depth of discharge and heat: chargers stop at
 * 45 °C (JEITA, "A guide to the safe use of secondary lithium ion batteries", 2007), and a task that begins at 42 °C
 * still warms it for a minute. Half the cores keep most phones below that.
 */
const ON_BATTERY = { min_battery_percent: 30, max_temperature_celsius: 42, max_cpu_percent: 50 } as const

const memoryOf = (bound: MemoryBound, { memoryBytes }: LimitedDevice): number =>
  gigabytesOf('bytes' in bound ? bound.bytes : (bound.percent / 100) * memoryBytes)

/**
 * The policy that applies.
 * @param slots - what the owner said of them; undefined: nothing
 */
export const policyOf = (wishes: OwnerWishes, device: LimitedDevice, slots: number | undefined): OwnerPolicy => {
  const { hasBattery, tellsBatteryHeat, tellsUse } = device
  const wished = (wish: number | null | undefined, fallback: number, isMeant: boolean): number | null => {
    if (wish === undefined) return isMeant ? fallback : null
    return wish === 0 ? null : wish
  }
  const { minBatteryPercent, maxTemperatureCelsius, maxCpuPercent, maxMemory = null, hours = null } = wishes
  return {
    only_charging: wishes.onlyCharging,
    min_battery_percent: wished(minBatteryPercent, ON_BATTERY.min_battery_percent, hasBattery),
    max_temperature_celsius: wished(maxTemperatureCelsius, ON_BATTERY.max_temperature_celsius, tellsBatteryHeat),
    // Who says how many tasks run at a time has said how much of the processor they get.
    max_cpu_percent: wished(maxCpuPercent, ON_BATTERY.max_cpu_percent, hasBattery && slots === undefined),
    max_memory_gb: maxMemory === null ? null : memoryOf(maxMemory, device),
    hours,
    pause_when_used: wishes.pauseWhenUsed && tellsUse,
  }
}

/** Tasks at a time: a core for each within the share of the processor, and no more than the owner said. */
export const slotsOf = (
  { max_cpu_percent }: Pick<OwnerPolicy, 'max_cpu_percent'>,
  { cores }: Pick<LimitedDevice, 'cores'>,
  slots: number | undefined,
): number => {
  if (max_cpu_percent === null) return slots ?? cores
  return Math.min(slots ?? Infinity, Math.max(1, Math.floor((cores * max_cpu_percent) / 100)))
}
