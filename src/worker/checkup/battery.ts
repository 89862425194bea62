/** The battery of the device: its charge, its health and its heat. */
import type { Battery } from '../../../schemas/device.ts'
import { listDirectory, type Machine, readNumber, readText } from '../machine.ts'
import { isUntold } from '../telemetry/android-battery.ts'
import { readBattery } from '../telemetry/power.ts'
import { failure, type Finding, ok, warning } from './finding.ts'

const DIRECTORY = 'class/power_supply'

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

type Cell = { readonly health: string | null; readonly capacityPercent: number | null }

const readCell = async ({ sysRoot }: Machine, name: string): Promise<Cell | null> => {
  const text = (file: string) => readText(sysRoot, DIRECTORY, name, file)
  if ((await text('type')) !== 'Battery' || (await text('scope')) === 'Device') return null
  const figure = (file: string) => readNumber(sysRoot, DIRECTORY, name, file)
  const [full, design] = await Promise.all([
    figure('charge_full').then((charge) => charge ?? figure('energy_full')),
    figure('charge_full_design').then((charge) => charge ?? figure('energy_full_design')),
  ])
  return {
    health: await text('health'),
    capacityPercent: full === null || design === null || design <= 0 ? null : Math.round((100 * full) / design),
  }
}

const described = ({ level, charging, temperature_celsius }: Battery, cells: readonly Cell[]): string => {
  const plug = charging === null ? '' : charging ? ', plugged in' : ', off the plug'
  const details = cells.flatMap(({ health, capacityPercent }) => [
    ...(health === null || health === 'Unknown' ? [] : [`health ${health}`]),
    ...(capacityPercent === null ? [] : [`holds ${capacityPercent} % of what it did when new`]),
  ])
  const heat = temperature_celsius === undefined || temperature_celsius === null ? [] : [`${temperature_celsius} °C`]
  return [`Charge ${level === null ? 'unknown' : `${level} %`}${plug}`, ...heat, ...details].join('; ')
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
  const names = await listDirectory(machine.sysRoot, DIRECTORY)
  const cells = (await Promise.all(names.map((name) => readCell(machine, name)))).filter((cell) => cell !== null)
  const saw = `${described(battery, cells)}.`
  const unsafe = cells.find(({ health }) => health !== null && UNSAFE.includes(health))
  if (unsafe !== undefined)
    return [
      failure(
        'battery',
        saw,
        `Take the battery out or replace it: its own electronics call it ${unsafe.health ?? ''}. ${SWOLLEN}`,
      ),
    ]
  const findings: Finding[] = []
  if ((battery.temperature_celsius ?? 0) >= WARM_CELSIUS)
    findings.push(warning('battery', saw, `Cool the device: out of its case and the sun, fewer --slots. ${SWOLLEN}`))
  if (battery.charging === false && battery.level !== null && battery.level < LOW_PERCENT)
    findings.push(warning('battery', saw, 'Plug the device in.'))
  if (cells.some(({ capacityPercent }) => capacityPercent !== null && capacityPercent < WORN_PERCENT))
    findings.push(
      warning(
        'battery',
        saw,
        `The battery is worn out: keep the device plugged in, and replace the battery. ${SWOLLEN}`,
      ),
    )
  return findings.length === 0 ? [ok('battery', saw)] : findings
}
