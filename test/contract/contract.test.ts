import t from 'tap'
import { startCluster } from '../start-cluster.ts'
import { KEY, LIMITS, QUIET, walkAll } from './walk-all.ts'

for (const mode of ['embedded', 'remote'] as const) {
  void t.test(`every operation answers as the document says, node ${mode}`, async (t) => {
    const cluster = await startCluster(t, { mode, workers: 0, key: KEY, args: LIMITS, nodeArgs: QUIET })
    await walkAll(t, cluster.url, cluster)
  })
}
