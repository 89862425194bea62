/** The battery of the device: its charge, its health and its heat. */
import type { Battery } from '../../../schemas/device.ts'
import type { BatteryHealth } from '../../../schemas/hardware.ts'
import type { Machine } from '../machine.ts'
import { readBatteryHealth } from '../profile/battery-health.ts'
import { isUntold } from '../telemetry/android-battery.ts'
import { readBattery } from '../telemetry/power.ts'
import { failure, type Finding, ok, warning } from './finding.ts'

/** A battery is not to be charged or used above it, degrees Celsius: lithium cells age twice as fast there as at 25 (Battery University, BU-808). */
const WARM_CELSIUS = 45
/** Below it a phone off its charger will not last, percent. */
const LOW_PERCENT = 15
/** Below it a battery has little left of what it held when it was new, percent. */
const WORN_PERCENT = 60

const SWOLLEN = 'Never use a swollen battery: the worker cannot see it, so look at the device.'

/** What `health` says of a battery that must not be used (Documentation/ABI/testing/sysfs-class-power). */
const UNSAFE: readonly string[] = [
  'Dead',
  'Over voltage',
  'Overheat',
  'Unspecified failure',
  'Over current',
  'Cell imbalance',
]

const described = ({ level, charging, temperature_celsius }: Battery, health: BatteryHealth | null): string => {
  const plug = charging === null ? '' : charging ? ', plugged in' : ', off the plug'
  const { health: word = null, capacity_percent: capacity = null } = health ?? {}
  const heat = temperature_celsius ?? null
  const details = [
    ...(heat === null ? [] : [`${heat} °C`]),
    ...(word === null ? [] : [`health ${word}`]),
    ...(capacity === null ? [] : [`holds ${capacity} % of what it did when new`]),
  ]
  return [`Charge ${level === null ? 'unknown' : `${level} %`}${plug}`, ...details].join('; ')
}

/** Looks at the battery; nothing is said where there is none. */
export const checkBattery = async (machine: Machine): Promise<readonly Finding[]> => {
  const battery = await readBattery(machine)
  if (battery === null) return []
  if (isUntold(battery))
    return [
      warning(
        'battery',
        'This phone does not tell its battery, so that the worker cannot spare it.',
        'Install the app Termux:API, from where Termux came from, and in Termux: pkg install termux-api.',
      ),
    ]
  const health = await readBatteryHealth(machine)
  const saw = `${described(battery, health)}.`
  const word = health?.health ?? ''
  if (UNSAFE.includes(word))
    return [
      failure('battery', saw, `Take the battery out or replace it: its own electronics call it ${word}. ${SWOLLEN}`),
    ]
  const findings: Finding[] = []
  if ((battery.temperature_celsius ?? 0) >= WARM_CELSIUS)
    findings.push(warning('battery', saw, `Cool the device: out of its case and the sun, fewer --slots. ${SWOLLEN}`))
  if (battery.charging === false && battery.level !== null && battery.level < LOW_PERCENT)
    findings.push(warning('battery', saw, 'Plug the device in.'))
  if ((health?.capacity_percent ?? 100) < WORN_PERCENT)
    findings.push(
      warning(
        'battery',
        saw,
        `The battery is worn out: keep the device plugged in, and replace the battery. ${SWOLLEN}`,
      ),
    )
  return findings.length === 0 ? [ok('battery', saw)] : findings
}
