/**
 * How costs grow with the number of devices, of stored tasks and of streams, drawn into docs/images/growth.svg:
 *
 *     npm run bench:growth
 */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chartOf } from './growth/chart.ts'
import { type Curve, deviceCosts, type Point, storedCosts, streamCosts } from './growth/curves.ts'

const CHART = join(import.meta.dirname, '../docs/images/growth.svg')

const axes: readonly {
  readonly of: string
  readonly sizes: readonly number[]
  readonly at: (size: number) => Promise<Point>
}[] = [
  { of: 'devices', sizes: [10, 100, 1000, 5000], at: deviceCosts },
  { of: 'stored tasks', sizes: [1000, 10_000, 100_000, 1_000_000], at: storedCosts },
  { of: 'streams', sizes: [1, 10, 100, 1000], at: streamCosts },
]

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
if (values.help) {
  process.stderr.write('npm run bench:growth\n\nMeasures for some minutes, and writes docs/images/growth.svg.\n')
  process.exit(0)
}

const curves: Curve[] = []
for (const { of, sizes, at } of axes) {
  const points: Point[] = []
  for (const size of sizes) {
    const point = await at(size)
    points.push(point)
    process.stderr.write(`${size} ${of}: ${JSON.stringify(point.costs)}, load ${loadavg()[0]?.toFixed(1) ?? '?'}\n`)
  }
  curves.push({ of, points })
}
writeFileSync(CHART, chartOf(curves))
process.stdout.write(`${JSON.stringify(curves, null, 2)}\n`)
process.exit(0)
