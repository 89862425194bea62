import t from 'tap'
import { playHours } from '../../endurance/day.ts'
import { planOf } from '../../faults/chance.ts'

void t.test('an hour of flapping networks, sleep and reboots: every task ends, and ends once', (t) =>
  playHours(t, planOf(1)),
)
