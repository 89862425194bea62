import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { strike } from '../../system/postgres/faults/strike.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test(
  'a node is stopped for 30 s, the one that schedules in half of the times: it changes nothing when it goes on',
  (t) => strike(t, server, planOf(4), ['SIGSTOP of a node']),
)
