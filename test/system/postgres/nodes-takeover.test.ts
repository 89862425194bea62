/** The node that schedules dies, stops in order, or is stopped for a while: another takes its place, and nothing is lost or done twice. */
import t from 'tap'
import type { TaskDetail, TaskSubmitted } from '../../../schemas/index.ts'
import { freezableProxy } from '../../link/link-world.ts'
import { until } from '../../start-cluster.ts'
import { type RunningNode, startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t)

void t.test('one that stops in order leaves its place at once, and devices of others go on', async (t) => {
  const url = await server.database('ordered')
  const nodes = await startNodes(t, url, { count: 2 })
  const [first, second] = [nodes.at(0), nodes.at(1)]
  await nodes.addWorker(second, 'worker')
  const { task_id } = await nodes.submit(first, { task_type: 'sleep', payload: { duration: 4 } })
  await until('it runs', async () => (await nodes.task(second, task_id)).status === 'running' || undefined)
  const bytes = Buffer.alloc(300_000, 'kept')
  const artifacts = (at: RunningNode) => `http://127.0.0.1:${at.port}/api/v1/artifacts`
  const headers = { 'content-type': 'application/octet-stream' }
  const stored = await fetch(artifacts(first), { method: 'POST', headers, body: bytes })
  const { data } = (await stored.json()) as { data: { sha256: string } }
  await first.end('SIGTERM')
  t.equal(await nodes.scheduling(), second)
  const [head] = await server.query<{ term: number }>(url, 'SELECT term::int FROM retire_cluster.head')
  const done = await nodes.task(second, task_id, 30)
  t.match(done, { status: 'completed', attempts: [{ device_id: 'worker' }] })
  t.equal(done.attempts.length, 1, 'its one attempt went on meanwhile')
  t.equal(head?.term, 2)
  const kept = await fetch(`${artifacts(second)}/${data.sha256}`)
  t.same(Buffer.from(await kept.arrayBuffer()), bytes, 'files are where the tasks are')
})

void t.test('one that was stopped for longer than its lease changes nothing, and serves on', async (t) => {
  const url = await server.database('deposed')
  const nodes = await startNodes(t, url)
  for (const node of nodes.all) await nodes.addWorker(node, `worker-${node.name}`)
  const deposed = await nodes.scheduling()
  const before = await nodes.submit(deposed, { task_type: 'echo', payload: { message: 'before' } })
  t.match(await nodes.task(deposed, before.task_id, 20), { status: 'completed' })
  deposed.process.kill('SIGSTOP')
  const others = nodes.all.filter((node) => node !== deposed)
  const next = await until('another one schedules', async () => {
    for (const node of others) if ((await node.health()).cluster.mode === 'embedded') return node
    return undefined
  })
  const { task_id } = await nodes.submit(next, { task_type: 'echo', payload: { message: 'meanwhile' } })
  t.match(await nodes.task(next, task_id, 20), { status: 'completed' })
  const term = async () => {
    const [head] = await server.query<{ holder: string; term: number }>(
      url,
      'SELECT holder, term::int FROM retire_cluster.head',
    )
    return head
  }
  const held = await term()
  // What reaches it as soon as it goes on is answered by the other one's state, or refused.
  const asked = Promise.all(
    Array.from({ length: 20 }, () =>
      deposed.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}`).catch(() => undefined),
    ),
  )
  const submitted = deposed.call<TaskSubmitted>('POST', '/api/v1/tasks', {
    task_type: 'echo',
    payload: { message: 'to the deposed one' },
  })
  deposed.process.kill('SIGCONT')
  for (const answer of await asked)
    t.match(answer, answer?.status === 200 ? { data: { task: { status: 'completed' } } } : { status: 503 })
  const answer = await submitted
  t.ok([201, 503].includes(answer.status), `${answer.status}`)
  await until('it serves again, as one that does not schedule', async () => {
    const { cluster } = await deposed.health()
    return (cluster.reachable && cluster.mode === 'remote') || undefined
  })
  t.strictSame(await term(), held, 'and has not taken the lease')
  t.match(await nodes.task(deposed, task_id), { status: 'completed' })
  if (answer.status === 201)
    t.match(await nodes.task(next, answer.data.task_id, 20), { status: 'completed' }, 'what it acknowledged is there')
  const after = await nodes.submit(deposed, { task_type: 'echo', payload: { message: 'after' } })
  t.match(await nodes.task(deposed, after.task_id, 20), { status: 'completed' })
})

void t.test('one that is cut off from the database leaves its place, and answers nothing that is old', async (t) => {
  const url = await server.database('parted')
  const way = await freezableProxy(t, Number(new URL(url).port))
  const parted = new URL(url)
  parted.port = `${way.port}`
  const nodes = await startNodes(t, [parted.href, url], { count: 2 })
  const [first, second] = [nodes.at(0), nodes.at(1)]
  await nodes.addWorker(second, 'worker')
  const { task_id } = await nodes.submit(first, { task_type: 'sleep', payload: { duration: 2 } })
  await until('it runs', async () => (await nodes.task(first, task_id)).status === 'running' || undefined)
  way.freeze()
  await until('the other one schedules', async () => (await second.health()).cluster.mode === 'embedded' || undefined)
  const old = await first.call('GET', `/api/v1/tasks/${task_id}`)
  t.match({ status: old.status, code: old.error?.code }, { status: 503, code: 'CLUSTER_UNAVAILABLE' })
  t.match(await first.health(), { status: 'degraded' })
  t.match(await nodes.task(second, task_id, 30), { status: 'completed' })
  way.thaw()
  await until('it serves again', async () => {
    const { cluster } = await first.health()
    return (cluster.reachable && cluster.mode === 'remote') || undefined
  })
  t.match(await nodes.task(first, task_id), { status: 'completed' })
})
