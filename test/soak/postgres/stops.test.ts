import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { strike } from '../../system/postgres/faults/strike.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test('the node that schedules is stopped for 30 s: it has no lease when it goes on, and nothing is lost', (t) =>
  strike(t, server, planOf(4), ['SIGSTOP of a node']),
)
