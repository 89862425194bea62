import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { strike } from '../../system/postgres/faults/strike.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test(
  '200 times kill -9 of a node, of the one that schedules in half of them: what was acknowledged ends once',
  (t) => strike(t, server, planOf(200), ['kill -9 of a node']),
)
