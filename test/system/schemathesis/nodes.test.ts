/** A shorter run, over three nodes on PostgreSQL that are asked in turn. */
import t from 'tap'
import type { DeviceList } from '../../../schemas/index.ts'
import { openRoundRobin } from '../../../scripts/demo-cluster/round-robin.ts'
import { LIMITS } from '../../contract/walk-all.ts'
import { startNodes } from '../postgres/nodes.ts'
import { startPostgres } from '../postgres/server.ts'
import { attack, KEY, WORKER_FLAGS } from './attack.ts'

void t.test('schemathesis finds nothing, whichever of three nodes is asked', async (t) => {
  const server = await startPostgres(t)
  const nodes = await startNodes(t, await server.database('attacked'), { key: KEY, limited: true, args: LIMITS })
  const front = await openRoundRobin(nodes.all.map(({ port }) => port))
  t.teardown(() => front.close())
  for (const number of [1, 2]) await nodes.addWorker(nodes.at(number), `worker-${number}`, WORKER_FLAGS)
  const { call } = nodes.at(0)
  const passed = await attack(
    t,
    { url: `http://127.0.0.1:${front.port}`, call },
    {
      // What is refused, and why, is the same code as at a single node: valid and random requests show whether the way is.
      phases: ['examples', 'fuzzing'],
      maxExamples: 10,
    },
  )
  t.ok(passed > 200, `${passed} cases have passed`)
  t.match((await call<DeviceList>('GET', '/api/v1/devices')).data, { online: 1, offline: 0 }, 'one was removed')
})
