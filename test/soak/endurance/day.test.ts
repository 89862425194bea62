import t from 'tap'
import { playHours } from '../../endurance/day.ts'
import { planOf } from '../../faults/chance.ts'

t.setTimeout(3_600_000)

void t.test('a day of flapping networks, sleep and reboots: every task ends once, and memory stays flat', (t) =>
  playHours(t, planOf(24), { measured: true }),
)
