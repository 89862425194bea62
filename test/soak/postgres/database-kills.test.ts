import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { strike } from '../../system/postgres/faults/strike.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test(
  '20 times kill -9 of the database, and all its connections ended as often: what was acknowledged ends once',
  (t) => strike(t, server, planOf(40), ['kill -9 of the database', 'pg_terminate_backend of all connections']),
)
