import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { massCut } from '../../faults/scenarios/mass-cut.ts'

t.setTimeout(900_000)

void t.test('all of 20 devices are cut off for one and a half thresholds: nothing runs twice', (t) =>
  massCut(t, planOf(1)),
)
