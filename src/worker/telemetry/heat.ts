/** The hottest sensor, from /sys/class/thermal and /sys/class/hwmon, which tell thousandths of a degree Celsius. */
import { listDirectory, readNumber, readText, type Roots } from '../machine.ts'
import { tenthsOf } from './units.ts'

/**
 * Sensors of the processor, the board around it and the battery, by the names that kernels give them: `cpu-thermal` (Pi),
 * `x86_pkg_temp`, `coretemp`, `k10temp`, `acpitz` (PCs), `tsens_tz_sensor0` (Qualcomm), `mtktscpu` (MediaTek), `soc-thermal`
 * (Rockchip), `battery`. Radios, drives and graphics cards have sensors too, which say nothing about a device at work.
 */
const OF_THE_DEVICE = /cpu|soc|pkg|core|k10temp|zenpower|acpitz|batt|tsens|big|little|cluster/i

/** Sensors that are switched off report nonsense (-274, 0 and 255 are common). */
const isPlausible = (celsius: number): boolean => celsius > -40 && celsius !== 0 && celsius < 150

/** The highest of what sensors tell in degrees Celsius, one decimal; null where none tells, or only nonsense. */
export const hottest = (temperatures: readonly (number | null)[]): number | null => {
  const plausible = temperatures.filter((temperature) => temperature !== null).filter(isPlausible)
  return plausible.length === 0 ? null : tenthsOf(Math.max(...plausible))
}

const readDegrees = async (...path: readonly string[]): Promise<number | null> => {
  const thousandths = await readNumber(...path)
  return thousandths === null ? null : thousandths / 1000
}

/** The sensors among the thermal zones whose name meets a pattern, degrees Celsius. */
const thermalZones = async ({ sysRoot }: Roots, named: RegExp): Promise<readonly (number | null)[]> => {
  const zones = (await listDirectory(sysRoot, 'class/thermal')).filter((name) => name.startsWith('thermal_zone'))
  return Promise.all(
    zones.map(async (zone) => {
      const type = await readText(sysRoot, 'class/thermal', zone, 'type')
      return type !== null && named.test(type) ? readDegrees(sysRoot, 'class/thermal', zone, 'temp') : null
    }),
  )
}

const monitors = async ({ sysRoot }: Roots): Promise<readonly (number | null)[]> => {
  const chips = await listDirectory(sysRoot, 'class/hwmon')
  const readings = chips.map(async (chip) => {
    const name = await readText(sysRoot, 'class/hwmon', chip, 'name')
    if (name === null || !OF_THE_DEVICE.test(name)) return []
    const inputs = (await listDirectory(sysRoot, 'class/hwmon', chip)).filter((file) => /^temp\d+_input$/.test(file))
    return Promise.all(inputs.map((input) => readDegrees(sysRoot, 'class/hwmon', chip, input)))
  })
  return (await Promise.all(readings)).flat()
}

/** The hottest sensor of processor or battery, degrees Celsius, one decimal; null where none tells. */
export const readTemperature = async (roots: Roots): Promise<number | null> =>
  hottest([...(await thermalZones(roots, OF_THE_DEVICE)), ...(await monitors(roots))])

/** The battery by its thermal zone, degrees Celsius, for those whose power supply tells no temperature; null where there is none. */
export const readBatteryZone = async (roots: Roots): Promise<number | null> =>
  hottest(await thermalZones(roots, /batt/i))
