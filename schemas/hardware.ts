/** What a device is made of, and how fast it is: told in its profile, and shown in its detail. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import { count, instant, integer, percentage, text } from './primitives.ts'

/** Cores of one kind. */
export const CoreKind = component(
  'CoreKind',
  object('The cores of one kind.', {
    kind: oneOf(
      ['uniform', 'big', 'medium', 'little'],
      'uniform: all cores are alike; else big are the strongest and little the weakest, by the capacity that the kernel gives them, or by their highest clock rate.',
    ),
    count: integer('How many there are.', 1, 65_536),
    max_mhz: nullable(integer('Their highest clock rate, MHz.', 1, 1_000_000)),
  }),
)
/** Cores of one kind. */
export type CoreKind = Static<typeof CoreKind>

/** What has become of a battery. */
export const BatteryHealth = component(
  'BatteryHealth',
  object('What has become of the battery, as far as the device tells.', {
    health: nullable(text('In the words of the system: Good, Overheat, Dead, …', 64)),
    capacity_percent: nullable(percentage('What it holds when it is full, of what it was made for.')),
    cycles: nullable(count('How often it was charged and discharged.')),
  }),
)
/** What has become of a battery. */
export type BatteryHealth = Static<typeof BatteryHealth>

/** How fast a device is by itself. */
export const Benchmark = component(
  'Benchmark',
  object(
    'How fast one core of the device is: measured once, after it has joined, for about 2 seconds of processor time, while no task runs; anew when its processor or its Node changes.',
    {
      operations_per_second: Type.Number({
        description:
          'Median of 7 slices. One operation is 1,000 steps of a 32-bit xorshift generator (Marsaglia 2003), 1,000 steps of a logistic map with a square root (floating point), and the SHA-256 of 1,024 bytes, in the worker’s own Node. Times `cores` it says what the whole device can do at the most.',
        minimum: 0,
        maximum: 1e9,
      }),
      measured_at: instant('When it was measured, by the clock of the device.'),
    },
  ),
)
/** How fast a device is by itself. */
export type Benchmark = Static<typeof Benchmark>
