/**
 * How far the device is from the heat at which its system switches it off: the critical trip points of its sensors, from
 * /sys/class/thermal (Documentation/driver-api/thermal/sysfs-api.rst), which tell thousandths of a degree Celsius.
 */
import { listDirectory, readNumber, readText, type Roots } from '../machine.ts'

const DIRECTORY = 'class/thermal'

/** A sensor with a critical trip point. */
export type CriticalZone = { readonly zone: string; readonly criticalCelsius: number }

/** Firmware without such a point says 0, or what no device reaches. */
const isPlausible = (celsius: number): boolean => celsius > 60 && celsius < 150

const criticalOf = async ({ sysRoot }: Roots, zone: string): Promise<number | null> => {
  for (const file of await listDirectory(sysRoot, DIRECTORY, zone)) {
    const [, trip] = /^(trip_point_\d+)_type$/.exec(file) ?? []
    if (trip === undefined || (await readText(sysRoot, DIRECTORY, zone, file)) !== 'critical') continue
    const celsius = ((await readNumber(sysRoot, DIRECTORY, zone, `${trip}_temp`)) ?? 0) / 1000
    if (isPlausible(celsius)) return celsius
  }
  return null
}

/** The sensors that have such a point; none where the system does not tell. It stays the same while the device runs. */
export const readCriticalZones = async (roots: Roots): Promise<readonly CriticalZone[]> => {
  const zones = (await listDirectory(roots.sysRoot, DIRECTORY)).filter((name) => name.startsWith('thermal_zone'))
  const read = zones.map(async (zone) => ({ zone, criticalCelsius: await criticalOf(roots, zone) }))
  return (await Promise.all(read)).filter((one): one is CriticalZone => one.criticalCelsius !== null)
}

/** Degrees that the sensor nearest to its critical point has left; null where none tells. */
export const readHeatLeft = async ({ sysRoot }: Roots, zones: readonly CriticalZone[]): Promise<number | null> => {
  const read = zones.map(async ({ zone, criticalCelsius }) => {
    const thousandths = await readNumber(sysRoot, DIRECTORY, zone, 'temp')
    // A sensor that is switched off says 0, or less than any cold.
    return thousandths === null || thousandths <= 0 ? null : criticalCelsius - thousandths / 1000
  })
  const left = (await Promise.all(read)).filter((degrees) => degrees !== null)
  return left.length === 0 ? null : Math.round(Math.min(...left))
}
