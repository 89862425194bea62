import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { killWorker } from '../../faults/scenarios/kill-worker.ts'

t.setTimeout(900_000)

void t.test('kill -9 of workers: their next start ends what they left running, and their tasks run elsewhere', (t) =>
  killWorker(t, planOf(10)),
)
