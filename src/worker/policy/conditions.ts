/** Reading how the device is, as far as its owner's policy asks. */
import type { OwnerPolicy } from '../../../schemas/policy.ts'
import type { Clock } from '../clock.ts'
import { hasKernelFiles, type Machine } from '../machine.ts'
import { readDesktopPower } from '../telemetry/desktop.ts'
import { type CriticalZone, readHeatLeft } from '../telemetry/critical-heat.ts'
import { readTemperature } from '../telemetry/heat.ts'
import { readBattery } from '../telemetry/power.ts'
import type { Conditions } from './assessment.ts'
import type { Presence } from './presence.ts'

/** Battery and heat: of a computer without kernel files both at once, since each costs a program. */
export const readPower = async (machine: Machine): Promise<Pick<Conditions, 'battery' | 'temperatureCelsius'>> =>
  hasKernelFiles(machine)
    ? { battery: await readBattery(machine), temperatureCelsius: await readTemperature(machine) }
    : readDesktopPower(machine)

/** On macOS `freemem` leaves out what programs would give back, which is most. */
const freeMemoryShare = ({ platform, system }: Machine): number | null =>
  platform === 'darwin' ? null : system.freemem() / system.totalmem()

const asksPower = ({ only_charging, min_battery_percent, max_temperature_celsius }: OwnerPolicy): boolean =>
  only_charging || min_battery_percent !== null || max_temperature_celsius !== null

/** A look at the device. What the policy does not ask about is not read. */
export const readConditions = async (
  policy: OwnerPolicy,
  {
    machine,
    clock,
    presence,
    criticalZones,
    tasksMemoryBytes,
  }: {
    readonly machine: Machine
    readonly clock: Clock
    readonly presence: Presence
    readonly criticalZones: readonly CriticalZone[]
    readonly tasksMemoryBytes: () => number
  },
): Promise<Conditions> => ({
  ...(asksPower(policy) ? await readPower(machine) : { battery: null, temperatureCelsius: null }),
  heatLeft: await readHeatLeft(machine, criticalZones),
  nowMs: clock.now(),
  unusedMs: policy.pause_when_used ? await presence.unusedMs() : null,
  tasksMemoryBytes: tasksMemoryBytes(),
  freeMemoryShare: freeMemoryShare(machine),
})
