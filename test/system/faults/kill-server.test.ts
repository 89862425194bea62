import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { killServer } from '../../faults/scenarios/kill-server.ts'

t.setTimeout(1_800_000)

void t.test('200 times kill -9 of the server under load: what was acknowledged is there, and ends once', (t) =>
  killServer(t, planOf(200)),
)
