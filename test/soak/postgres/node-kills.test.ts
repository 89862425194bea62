import t from 'tap'
import { planOf } from '../../faults/chance.ts'
import { killNodes } from '../../system/postgres/node-kills.ts'
import { startPostgres } from '../../system/postgres/server.ts'

t.setTimeout(7_200_000)

const server = await startPostgres(t)

void t.test('200 times kill -9 of a node, of the one that schedules in half of them', (t) =>
  killNodes(t, server, planOf(200)),
)
