import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DeviceDetail, LogList } from '../../schemas/index.ts'
import { ended } from '../cli/programs.ts'
import { type RunningCluster, startCluster } from '../start-cluster.ts'

const stopsOf = async (cluster: RunningCluster, device_id: string) =>
  (await cluster.call<{ device: DeviceDetail }>('GET', `/api/v1/devices/${device_id}`)).data.device.unclean_stops

const end = async (cluster: RunningCluster, signal: 'SIGKILL' | 'SIGTERM') => {
  const worker = cluster.workers.at(-1)
  worker?.process.kill(signal)
  if (worker !== undefined) await ended(worker.process)
}

void t.test(
  'a worker that was killed with -9 tells of it once when it is back; one that was stopped does not',
  async (t) => {
    const cluster = await startCluster(t)
    await end(cluster, 'SIGTERM')
    t.notOk(existsSync(join(cluster.nodeDirectory, '..', 'worker-1', 'run.json')))
    await cluster.addWorker('worker-1')
    t.strictSame(await stopsOf(cluster, 'worker-1'), [])
    await end(cluster, 'SIGKILL')
    await cluster.addWorker('worker-1')
    t.match(await stopsOf(cluster, 'worker-1'), [{ kind: 'killed' }])
    const { logs } = (await cluster.call<LogList>('GET', '/api/v1/logs?level=warning&device_id=worker-1')).data
    t.match(
      logs.filter(({ message }) => message.includes('uncleanly')),
      [{ message: /worker-1 had ended uncleanly: The worker was killed/ }],
    )
    await end(cluster, 'SIGTERM')
    await cluster.addWorker('worker-1')
    t.equal((await stopsOf(cluster, 'worker-1')).length, 1)
  },
)
