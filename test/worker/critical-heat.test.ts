import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCriticalZones, readHeatLeft } from '../../src/worker/telemetry/critical-heat.ts'
import { fixture, type Owner, temporaryDirectory } from './world.ts'

/** A machine with these files in its thermal zones. */
const withZones = (t: Owner, zones: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
  const sysRoot = temporaryDirectory(t)
  for (const [zone, files] of Object.entries(zones)) {
    const directory = join(sysRoot, 'class/thermal', zone)
    mkdirSync(directory, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), `${content}\n`)
  }
  return { ...fixture('pi'), sysRoot }
}
const critical = (thousandths: number) => ({ trip_point_1_type: 'critical', trip_point_1_temp: `${thousandths}` })

void t.test('the sensor nearest to its critical point says how much is left', async (t) => {
  const machine = withZones(t, {
    thermal_zone0: { temp: '88400', trip_point_0_type: 'passive', trip_point_0_temp: '80000', ...critical(110_000) },
    thermal_zone1: { temp: '91000', ...critical(95_000) },
    thermal_zone2: { temp: '94000', trip_point_0_type: 'hot', trip_point_0_temp: '90000' },
    cooling_device0: { type: 'Processor' },
  })
  const zones = await readCriticalZones(machine)
  t.strictSame(zones, [
    { zone: 'thermal_zone0', criticalCelsius: 110 },
    { zone: 'thermal_zone1', criticalCelsius: 95 },
  ])
  t.equal(await readHeatLeft(machine, zones), 4)
})

void t.test('points that no device has, and sensors that are off, say nothing', async (t) => {
  const machine = withZones(t, {
    thermal_zone0: { temp: '50000', ...critical(0) },
    thermal_zone1: { temp: '50000', ...critical(255_000) },
    thermal_zone2: { temp: '0', ...critical(100_000) },
    thermal_zone3: { temp: '-274000', ...critical(100_000) },
    thermal_zone4: critical(100_000),
  })
  const zones = await readCriticalZones(machine)
  t.strictSame(
    zones.map(({ zone }) => zone),
    ['thermal_zone2', 'thermal_zone3', 'thermal_zone4'],
  )
  t.equal(await readHeatLeft(machine, zones), null)
  t.strictSame(await readCriticalZones(fixture('laptop')), [], 'one that tells none')
})
