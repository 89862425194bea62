/** The contract, asked of three nodes in turn. */
import t from 'tap'
import { openRoundRobin } from '../../../scripts/demo-cluster/round-robin.ts'
import { KEY, LIMITS, QUIET, walkAll } from '../../contract/walk-all.ts'
import { startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t)

void t.test('every operation answers as the document says, whichever of three nodes is asked', async (t) => {
  const url = await server.database('contract')
  const nodes = await startNodes(t, url, { key: KEY, limited: true, args: [...LIMITS, ...QUIET] })
  const front = await openRoundRobin(nodes.all.map(({ port }) => port))
  t.teardown(() => front.close())
  await walkAll(t, `http://127.0.0.1:${front.port}`, {
    nodes: nodes.all.length,
    clusterPort: nodes.at(1).clusterPort,
    addWorker: (device_id, args) => nodes.addWorker(nodes.at(2), device_id, args),
  })
})
