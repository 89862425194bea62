import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { partitions } from '../../faults/scenarios/partitions.ts'

t.setTimeout(900_000)

void t.test('partitions of 5, 20 and 60 seconds: what was acknowledged ends once', (t) => partitions(t, planOf(3)))
