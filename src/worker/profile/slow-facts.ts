/** What takes its time to be told: asked of programs once the device has joined, so that nothing waits for it. */
import type { DeviceProfile } from '../../../schemas/device-profile.ts'
import type { BatteryHealth } from '../../../schemas/hardware.ts'
import { hasKernelFiles, type Machine } from '../machine.ts'
import { percentOf } from '../telemetry/units.ts'
import { knownHealth } from './battery-health.ts'

/** The programs of Termux:API wait for ever where the app of that name is not installed, milliseconds. */
const TERMUX_TIMEOUT_MS = 10_000
/** macOS looks at all its buses first, milliseconds. */
const DISPLAYS_TIMEOUT_MS = 30_000

/** What is told late of a device. */
export type SlowFacts = Partial<Pick<DeviceProfile, 'sensors' | 'gpu' | 'battery_health'>>

const parsed = (json: string | null): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(json ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // A word of Termux:API to its user, and no answer.
    return {}
  }
}

/** `GOOD` and `OVER_VOLTAGE` of Android as the kernel says them. */
const inWords = (health: string): string =>
  health.charAt(0).toUpperCase() + health.slice(1).toLowerCase().replaceAll('_', ' ')

/** https://wiki.termux.com/wiki/Termux-sensor, https://wiki.termux.com/wiki/Termux-battery-status */
const readTermux = async ({ ask }: Machine): Promise<SlowFacts> => {
  const [sensing, battery] = await Promise.all([
    ask('termux-sensor', ['-l'], TERMUX_TIMEOUT_MS).then(parsed),
    ask('termux-battery-status', [], TERMUX_TIMEOUT_MS).then(parsed),
  ])
  const sensors = Array.isArray(sensing.sensors)
    ? sensing.sensors.filter((name): name is string => typeof name === 'string').map((name) => name.slice(0, 128))
    : []
  const { health } = battery
  return {
    ...(sensors.length === 0 ? {} : { sensors: sensors.slice(0, 256) }),
    ...(typeof health === 'string' && health !== 'UNKNOWN'
      ? { battery_health: { health: inWords(health).slice(0, 64), capacity_percent: null, cycles: null } }
      : {}),
  }
}

/** The class of display adapters in the registry of Windows; its numbered keys are the adapters. */
const DISPLAYS = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}`

/** systeminformation could tell it too, by the same programs and with 50 kB more in the one file of the worker. */
const readDesktopGpu = async ({ ask, platform }: Machine): Promise<string | null> => {
  const listing =
    platform === 'darwin'
      ? await ask('system_profiler', ['SPDisplaysDataType'], DISPLAYS_TIMEOUT_MS)
      : await ask('reg', ['query', DISPLAYS, '/s', '/v', 'DriverDesc'], DISPLAYS_TIMEOUT_MS)
  const told = (listing ?? '')
    .split('\n')
    .map((line) => /^(?:Chipset Model:|DriverDesc +REG_SZ) +(\S.*)$/.exec(line.trim())?.[1])
  const names = new Set(told.filter((name) => name !== undefined))
  return names.size === 0 ? null : [...names].join(', ').slice(0, 256)
}

const readDesktop = async (machine: Machine): Promise<SlowFacts> => {
  const systeminformation = await machine.systeminformation()
  const [gpu, battery] = await Promise.all([readDesktopGpu(machine), systeminformation.battery()])
  const { hasBattery, cycleCount, maxCapacity, designedCapacity } = battery
  const health: BatteryHealth = {
    health: null,
    capacity_percent: maxCapacity > 0 && designedCapacity > 0 ? percentOf(maxCapacity / designedCapacity) : null,
    cycles: cycleCount > 0 ? cycleCount : null,
  }
  return {
    gpu,
    battery_health: hasBattery ? knownHealth(health) : null,
  }
}

/**
 * Sensors and battery of a phone, where Termux:API is installed; graphics and battery of a Mac or a PC with Windows. Nothing of
 * a Linux, which tells all in files.
 * @param profile - what is known already: the kernel's own word stands
 */
export const readSlowFacts = async (machine: Machine, profile: DeviceProfile): Promise<SlowFacts> => {
  if (profile.platform.os === 'android') {
    const { battery_health, ...facts } = await readTermux(machine)
    const isNews = battery_health !== undefined && (profile.battery_health ?? null) === null
    return isNews ? { ...facts, battery_health } : facts
  }
  return hasKernelFiles(machine) ? {} : readDesktop(machine)
}
