import type { ChildProcess } from 'node:child_process'
import t, { type Test } from 'tap'
import type { TaskDetail } from '../../../schemas/index.ts'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../../../src/link/server/worker-node-flags.ts'
import { start, temporaryDirectory } from '../../cli/programs.ts'
import { today } from '../../previous-build.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { BYTES, hashed, largeBody, uploadLarge, watchGrowth } from './large.ts'

const MOST_MORE_MIB = 64

/** The worker as the pasted line and the services start it. */
const startAsDevicesDo = (t: Test, args: readonly string[]): ChildProcess => {
  const [first, ...flags] = WORKER_NODE_FLAGS
  return start(t, first, [...flags, today.workerBundle, ...args], WORKER_NODE_VARIABLES)
}

void t.test(
  'a large file goes over a pinned link into a task and out of it, and the worker lives on',
  { timeout: 280_000 },
  async (t) => {
    const cluster = await startCluster(t, {
      workers: 0,
      pinned: true,
      nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', '10'],
    })
    const worker = startAsDevicesDo(t, [
    '--join', `127.0.0.1:${cluster.clusterPort}`,
    '--token', cluster.joinToken,
    '--device-id', 'phone',
    '--data-dir', temporaryDirectory(t),
    '--allow', 'command',
  ]) // prettier-ignore
    for (const pipe of [worker.stdout, worker.stderr]) pipe?.resume()
    await until('it is online', async () => (await cluster.devices()).devices[0]?.status === 'online' || undefined)
    const { sha256 } = await hashed(largeBody())
    t.equal(await uploadLarge(cluster), 201)
    const growth = watchGrowth(worker.pid)
    t.teardown(() => growth.end())
    const { task_id } = await cluster.submit({
      task_type: 'command',
      payload: { command: ['sh', '-c', 'mv in out; echo >> out'] },
      inputs: [{ name: 'in', sha256 }],
      outputs: ['out'],
    })
    const task = await until(
      'it has ended',
      async () => {
        const { task } = (await cluster.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}?wait=30`)).data
        return task.completed_at === null ? undefined : task
      },
      200,
    )
    t.match(task, {
      status: 'completed',
      result: { artifacts: [{ bytes: BYTES + 1 }] },
      attempts: [{ outcome: 'completed' }],
    })
    t.equal(task.attempts.length, 1, 'its heartbeats went on meanwhile')
    t.comment(`at most ${growth.mostMib().toFixed(1)} MiB more`)
    t.ok(growth.mostMib() < MOST_MORE_MIB, `${growth.mostMib().toFixed(1)} MiB more than before`)
  },
)
