import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { backups } from '../../faults/scenarios/backups.ts'

t.setTimeout(900_000)

void t.test(
  'a backup every ten seconds under load: each holds all that was acknowledged before it, and works it off',
  (t) => backups(t, planOf(3)),
)
