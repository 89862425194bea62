import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { fullDisk } from '../../faults/scenarios/full-disk.ts'

t.setTimeout(3_600_000)

void t.test(
  'a disk that is full again and again: what was acknowledged is there and ends once, what was refused is not',
  (t) => fullDisk(t, planOf(30)),
)
