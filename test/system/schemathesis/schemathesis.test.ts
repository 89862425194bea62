import t from 'tap'
import { LIMITS } from '../../contract/walk-all.ts'
import { startCluster } from '../../start-cluster.ts'
import { attack, KEY, WORKER_FLAGS } from './attack.ts'

void t.test('schemathesis finds nothing: every phase, every check, with keys on', async (t) => {
  const cluster = await startCluster(t, { key: KEY, workers: 2, args: LIMITS, workerArgs: WORKER_FLAGS })
  const passed = await attack(t, cluster)
  t.ok(passed > 3000, `${passed} cases have passed`)
  t.match(await cluster.devices(), { online: 1, offline: 0 }, 'one worker is there still, the other was removed')
})
