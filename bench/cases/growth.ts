/** How single things grow dearer from the smallest to the largest size; the curves between: `npm run bench:growth`. */
import { deviceCosts, type Point, storedCosts, streamCosts } from '../growth/curves.ts'
import type { Case } from '../measure/case.ts'
import { inPairs } from '../measure/pairs.ts'
import { rowOf } from '../measure/row.ts'

/** Each pair starts two services, and fills one: more would take an hour. */
const MOST_PAIRS = 1
const MOST_GROWTH = 1.5

type Axis = {
  readonly name: string
  readonly of: string
  readonly sizes: readonly [number, number]
  readonly at: (size: number) => Promise<Point>
}

const growth = ({ name, of, sizes: [small, large], at }: Axis): Case => ({
  name,
  measure: async ({ pairs, tell }) => {
    const measured = await inPairs(
      { ours: async () => (await at(large)).costs, ceiling: async () => (await at(small)).costs },
      Math.min(pairs, MOST_PAIRS),
      tell,
      // Each run starts and warms a service of its own.
      { warmUp: false },
    )
    const range = `${small.toLocaleString('en-US')} → ${large.toLocaleString('en-US')} ${of}`
    return Object.keys(measured[0]?.ours ?? {})
      .filter((cost) => !cost.includes('memory'))
      .map((cost) =>
        rowOf(measured, cost, {
          what: `${cost}, ${range}`,
          unit: 'CPU µs',
          wanted: { of: 'ratio', most: MOST_GROWTH },
        }),
      )
  },
})

/** The rows of growth. */
export const growths: readonly Case[] = [
  { name: 'growth-devices', of: 'devices', sizes: [10, 5000] as const, at: deviceCosts },
  { name: 'growth-stored', of: 'stored tasks', sizes: [1000, 1_000_000] as const, at: storedCosts },
  { name: 'growth-streams', of: 'streams', sizes: [1, 1000] as const, at: streamCosts },
].map(growth)
