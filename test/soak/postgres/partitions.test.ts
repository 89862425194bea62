import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { strike } from '../../system/postgres/faults/strike.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test('30 times a node is kept from the database: what was acknowledged ends once', (t) =>
  strike(t, server, planOf(30), ['a node is kept from the database']),
)
