import t from 'tap'
import type { Device, TaskDetail } from '../../../schemas/index.ts'
import { startCluster, until } from '../../start-cluster.ts'

void t.test('how far a task is outlives the node in its worker, and is kept when it ends', async (t) => {
  const cluster = await startCluster(t, { mode: 'remote', workers: 1, workerArgs: ['--allow', 'command'] })
  const script = 'console.log("::retire-cluster progress=40::page 2 of 5"); setInterval(() => 0, 1000)'
  const { task_id } = await cluster.submit({
    task_type: 'command',
    payload: { command: [process.execPath, '-e', script] },
  })
  /** The task, once it says how far it is. The API may have lost its node meanwhile. */
  const told = () =>
    until('it is told how far it is', async () => {
      const { status, data } = await cluster.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}`)
      return status === 200 && data.task.progress !== null ? data.task : undefined
    })
  const progress = { progress: 40, progress_message: 'page 2 of 5' }
  t.match(await told(), { ...progress, status: 'running' })
  await cluster.killNode()
  await cluster.startNode()
  t.match(await told(), { ...progress, status: 'running' })
  t.match(await cluster.call('DELETE', `/api/v1/tasks/${task_id}`), { status: 200 })
  t.match(await told(), { ...progress, status: 'cancelled' })
  await until('nothing of it runs any more', async () => {
    const { data } = await cluster.call<{ device: Device }>('GET', '/api/v1/devices/worker-1')
    return data.device.slots.free === data.device.slots.total || undefined
  })
})
