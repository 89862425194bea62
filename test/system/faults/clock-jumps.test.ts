import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { clockJumps } from '../../faults/scenarios/clock-jumps.ts'

t.setTimeout(900_000)

void t.test('clocks that jump two hours: nobody is offline because of it, and what was acknowledged ends once', (t) =>
  clockJumps(t, planOf(6)),
)
