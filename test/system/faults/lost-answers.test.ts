import { join } from 'node:path'
import t from 'tap'
import type { TaskSubmitted } from '../../../schemas/index.ts'
import { entry, runToEnd } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { submit, written } from '../../faults/cut-off.ts'

const echo = { task_type: 'echo', payload: { message: 'hi' } }

void t.test('an answer that was lost is given again after kill -9, and the task is not done twice', async (t) => {
  const cluster = await startCluster(t, { workers: 1, args: ['--no-rate-limit'] })
  const first = await submit<TaskSubmitted>(cluster, '/tasks', echo, 'lost')
  const task_id = first?.data.task_id ?? ''
  t.match(await cluster.task(task_id, 30), { status: 'completed', attempt: 1 })
  await cluster.killServer()
  t.same(await submit(cluster, '/tasks', echo, 'lost'), { ...first, isReplay: true })
  const { task } = (await submit<TaskSubmitted>(cluster, '/tasks?wait=30', echo, 'lost'))?.data ?? {}
  t.match(task, { task_id, status: 'completed', attempt: 1 }, 'with wait, the task as it is now')
  t.equal((await cluster.tasks('limit=1')).total, 1)
})

void t.test('the command line asks again where its answer was lost, and submits once', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  const wal = join(cluster.nodeDirectory, 'cluster.db-wal')
  for (const total of [1, 2]) {
    const command = runToEnd(t, entry('client'), ['tasks', 'submit', 'echo', '--output', 'json'], {
      RETIRE_CLUSTER_API_URL: cluster.url,
    })
    await written(wal)
    await cluster.killServer()
    const { code, stdout, stderr } = await command
    t.equal(code, 0, stderr)
    const { tasks, ...counts } = await cluster.tasks('limit=1')
    t.equal(counts.total, total)
    t.match(JSON.parse(stdout), { task_id: tasks[0]?.task_id })
  }
})
