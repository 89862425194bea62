/** Battery and charger, from /sys/class/power_supply (the kernel's Documentation/ABI/testing/sysfs-class-power); of Android also from Termux:API. */
import type { Battery } from '../../../schemas/device.ts'
import { listDirectory, type Machine, readNumber, readText, type Roots } from '../machine.ts'
import { isAndroid } from '../profile/platform.ts'
import { readAndroidBattery } from './android-battery.ts'
import { hottest, readBatteryZone } from './heat.ts'
import { percentOf } from './units.ts'

const DIRECTORY = 'class/power_supply'

type Supply = {
  readonly type: string | null
  readonly scope: string | null
  readonly status: string | null
  readonly online: number | null
  readonly capacity: number | null
  /** Tenths of a degree Celsius. */
  readonly temp: number | null
}

const readSupply = async ({ sysRoot }: Roots, name: string): Promise<Supply> => ({
  type: await readText(sysRoot, DIRECTORY, name, 'type'),
  scope: await readText(sysRoot, DIRECTORY, name, 'scope'),
  status: await readText(sysRoot, DIRECTORY, name, 'status'),
  online: await readNumber(sysRoot, DIRECTORY, name, 'online'),
  capacity: await readNumber(sysRoot, DIRECTORY, name, 'capacity'),
  temp: await readNumber(sysRoot, DIRECTORY, name, 'temp'),
})

/** `Not charging`: plugged in, and held below a threshold by its owner or its firmware. */
const PLUGGED_IN = ['Charging', 'Full', 'Not charging']

const isPluggedIn = (batteries: readonly Supply[], chargers: readonly Supply[]): boolean | null => {
  if (chargers.some(({ online }) => online !== null && online > 0)) return true
  const statuses = batteries.map(({ status }) => status)
  if (statuses.some((status) => status !== null && PLUGGED_IN.includes(status))) return true
  return statuses.includes('Discharging') ? false : null
}

/**
 * The battery that the kernel tells of; null where there is none, or it is kept from us. Batteries of mice and headsets (scope
 * `Device`) are not the device's. Of several, the level is the mean, and the temperature that of the warmest.
 */
const readKernelBattery = async (roots: Roots): Promise<Battery | null> => {
  const names = await listDirectory(roots.sysRoot, DIRECTORY)
  const supplies = (await Promise.all(names.map((name) => readSupply(roots, name)))).filter(
    ({ scope }) => scope !== 'Device',
  )
  const batteries = supplies.filter(({ type }) => type === 'Battery')
  if (batteries.length === 0) return null
  const chargers = supplies.filter(({ type }) => type !== null && (type === 'Mains' || type.startsWith('USB')))
  const levels = batteries.map(({ capacity }) => capacity).filter((capacity) => capacity !== null)
  const sum = levels.reduce((total, level) => total + level, 0)
  const heat = hottest(batteries.map(({ temp }) => temp && temp / 10)) ?? (await readBatteryZone(roots))
  return {
    level: levels.length === 0 ? null : percentOf(sum / levels.length / 100),
    charging: isPluggedIn(batteries, chargers),
    ...(heat === null ? {} : { temperature_celsius: heat }),
  }
}

/** The battery of the device; null where it has none. Of a phone that keeps it from us, level and plug are null. */
export const readBattery = async (machine: Machine): Promise<Battery | null> =>
  (await readKernelBattery(machine)) ?? ((await isAndroid(machine)) ? readAndroidBattery(machine) : null)
