/** This device under the policy of its owner: what applies here, and how it is looked at. */
import type { OwnerPolicy } from '../../../schemas/policy.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { hasKernelFiles, type Machine } from '../machine.ts'
import { isUntold } from '../telemetry/android-battery.ts'
import { readCriticalZones } from '../telemetry/critical-heat.ts'
import { type Conditions, isUnlimited } from './assessment.ts'
import { readConditions, readPower } from './conditions.ts'
import { type OwnerWishes, policyOf, slotsOf } from './limits.ts'
import { createPresence } from './presence.ts'

/** How often the device is looked at, milliseconds. */
const LOOK_MS = 5000
/** The same where each look costs a program. */
const COSTLY_LOOK_MS = 30_000
/** How much tasks yield where the owner keeps a share of the processor, as nice(1) counts: anything of the owner's own goes first. */
const NICENESS = 10

/** A device under its owner's policy. */
export type OwnedDevice = {
  readonly policy: OwnerPolicy
  /** Tasks at a time. */
  readonly slots: number
  /** How much tasks yield to other programs; undefined: not at all. */
  readonly niceness: number | undefined
  /** False where no look at it could make it pause. */
  readonly needsLooks: boolean
  /** How it is now. @param tasksMemoryBytes - memory that programs of tasks hold together */
  look(tasksMemoryBytes: () => number): Promise<Conditions>
  /** Milliseconds between two looks: what a look tells is known to the node within one heartbeat. */
  lookEveryMs(heartbeatSeconds?: number): number
}

/** Says at the start what the owner asked for and this device cannot tell. */
const warnOfBlindness = (
  wishes: OwnerWishes,
  tells: Readonly<Record<'charge' | 'use' | 'heat' | 'memory', boolean>>,
  log: Log,
): void => {
  if (!tells.charge)
    log.warn({}, 'this phone does not tell its battery, which can therefore not be spared: install Termux:API')
  if (wishes.pauseWhenUsed && !tells.use)
    log.warn({}, '--pause-when-used has no effect: nothing on this device tells whether somebody uses it')
  if (typeof wishes.maxTemperatureCelsius === 'number' && !tells.heat)
    log.warn({}, '--max-temperature has no effect: this device tells no temperature')
  if (wishes.maxMemory && !tells.memory)
    log.warn({}, '--max-memory bounds what tasks can require: what they use is not told on this device')
}

/** Finds out what the policy is to be on this device. */
export const ownedDevice = async ({
  wishes,
  slots,
  machine,
  clock,
  log,
}: {
  readonly wishes: OwnerWishes
  /** What the owner said of them; undefined: nothing. */
  readonly slots: number | undefined
  readonly machine: Machine
  readonly clock: Clock
  readonly log: Log
}): Promise<OwnedDevice> => {
  const { system } = machine
  const presence = createPresence(machine, clock)
  const { battery, temperatureCelsius } = await readPower(machine)
  const tellsUse = wishes.pauseWhenUsed && (await presence.unusedMs()) !== null
  const tellsBatteryHeat = typeof battery?.temperature_celsius === 'number'
  const tellsHeat = tellsBatteryHeat || temperatureCelsius !== null
  const tells = { charge: !isUntold(battery), use: tellsUse, heat: tellsHeat, memory: hasKernelFiles(machine) }
  warnOfBlindness(wishes, tells, log)
  const device = {
    hasBattery: battery !== null,
    tellsBatteryHeat,
    cores: system.availableParallelism(),
    memoryBytes: system.totalmem(),
    tellsUse,
  }
  const policy = policyOf(wishes, device, slots)
  const criticalZones = await readCriticalZones(machine)
  const usualMs = hasKernelFiles(machine) ? LOOK_MS : COSTLY_LOOK_MS
  return {
    policy,
    slots: slotsOf(policy, device, slots),
    niceness: policy.max_cpu_percent === null ? undefined : NICENESS,
    needsLooks: !isUnlimited(policy) || criticalZones.length > 0,
    look: (tasksMemoryBytes) => readConditions(policy, { machine, clock, presence, criticalZones, tasksMemoryBytes }),
    lookEveryMs: (heartbeatSeconds = Infinity) => Math.min(usualMs, heartbeatSeconds * 1000),
  }
}
