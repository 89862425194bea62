import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { longAway, manyUnfinished } from '../../faults/scenarios/restarts.ts'

t.setTimeout(900_000)

void t.test('kill -9 with 10,000 unfinished tasks: all are there when the server serves again', (t) =>
  manyUnfinished(t, planOf(5)),
)

void t.test('a node that was away for longer than the threshold takes nobody for offline at its start', (t) =>
  longAway(t, planOf(2)),
)
