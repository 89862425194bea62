import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { killApart } from '../../faults/scenarios/kill-apart.ts'

t.setTimeout(900_000)

void t.test(
  'kill -9 of a node that is apart from its API, of that API, and of both: what was acknowledged is there, and ends once',
  (t) => killApart(t, planOf(40)),
)
