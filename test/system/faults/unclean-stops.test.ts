import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DeviceDetail, LogList } from '../../../schemas/index.ts'
import { ended, entry, start } from '../../cli/programs.ts'
import { JOIN_TOKEN, type RunningCluster, startCluster, until } from '../../start-cluster.ts'

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

void t.test('a worker that ended by an error that nobody caught tells that error', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const fault = 'process.on("SIGUSR2",()=>{throw(new(Error)("the_sky_fell"))})'
  const worker = start(
    t,
    entry('worker'),
    [
      '--join', `127.0.0.1:${cluster.clusterPort}`,
      '--token', JOIN_TOKEN,
      '--device-id', 'worker-1',
      '--data-dir', join(cluster.nodeDirectory, '..', 'worker-1'),
    ], // prettier-ignore
    { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` },
  )
  let told = ''
  worker.stdout?.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await until('it has joined', () => Promise.resolve(told.includes('joined as worker-1') || undefined))
  worker.kill('SIGUSR2')
  await ended(worker)
  await cluster.addWorker('worker-1')
  t.match(await stopsOf(cluster, 'worker-1'), [{ kind: 'crashed', message: /the_sky_fell/ }])
})
