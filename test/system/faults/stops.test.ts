import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { stops } from '../../faults/scenarios/stops.ts'

t.setTimeout(900_000)

void t.test(
  'SIGSTOP of the server and of workers beyond the threshold: nobody is blamed for the stop of the server, and what was acknowledged ends once',
  (t) => stops(t, planOf(3)),
)
