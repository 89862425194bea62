import t from 'tap'
import { planOf } from '../../../faults/chance.ts'
import { startPostgres } from '../server.ts'
import { strike } from './strike.ts'

t.setTimeout(900_000)

const server = await startPostgres(t)

void t.test(
  'nodes die, lose the database and their connections to it, and it dies: what was acknowledged ends once',
  (t) =>
    strike(t, server, planOf(16), [
      'kill -9 of a node',
      'a node is kept from the database',
      'kill -9 of the database',
      'pg_terminate_backend of all connections',
    ]),
)
