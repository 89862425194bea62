/** Nodes of an earlier build and of this one are one cluster, while they are upgraded one after another. */
import t from 'tap'
import { entry } from '../../cli/programs.ts'
import { previousBuild, WITH_SEVERAL_NODES } from '../../previous-build.ts'
import { until } from '../../start-cluster.ts'
import { type RunningNode, startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t)

void t.test('a cluster is upgraded one node after another, with tasks under way', async (t) => {
  const earlier = await previousBuild(t, WITH_SEVERAL_NODES)
  const nodes = await startNodes(t, await server.database('upgraded'), { count: 2, program: earlier.entry('api') })
  const [first, second] = [nodes.at(0), nodes.at(1)]
  await nodes.addWorker(second, 'worker', ['--slots', '8'])
  const sleep = async (at: RunningNode, duration: number) =>
    (await nodes.submit(at, { task_type: 'sleep', payload: { duration } })).task_id
  const tasks: string[] = []
  const long = await sleep(first, 20)
  await until('it runs', async () => (await nodes.task(second, long)).status === 'running' || undefined)

  // The one that schedules last, as docs/scale-out.md says.
  for (const upgraded of [second, first]) {
    const other = upgraded === first ? second : first
    await upgraded.end('SIGTERM')
    await nodes.scheduling()
    tasks.push(await sleep(other, 0.1))
    await upgraded.start(entry('api'))
    await until('it serves', async () => (await upgraded.health()).cluster.reachable || undefined)
    tasks.push(await sleep(upgraded, 0.1), await sleep(other, 0.1))
    for (const task_id of tasks)
      for (const at of nodes.all) t.match(await nodes.task(at, task_id, 30), { status: 'completed' })
  }
  t.equal(await nodes.scheduling(), second)
  const done = await nodes.task(first, long, 40)
  t.match(done, { status: 'completed', attempts: [{ device_id: 'worker' }] })
  t.equal(done.attempts.length, 1, 'its one attempt went on meanwhile')
})
