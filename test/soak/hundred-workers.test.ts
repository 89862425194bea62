import t from 'tap'
import { playFleet } from '../endurance/fleet.ts'

t.setTimeout(3_600_000)

void t.test('a hundred workers of one node: nobody is offline for five minutes, and 10,000 tasks are done', (t) =>
  playFleet(t, { workers: 100, tasks: 10_000, watchSeconds: 300 }),
)
