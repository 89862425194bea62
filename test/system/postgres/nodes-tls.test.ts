/** Nodes whose ports are open to the network: they and the devices speak TLS with each other, and know each by its own key. */
import t from 'tap'
import { until } from '../../start-cluster.ts'
import { startNodes } from './nodes.ts'
import { startPostgres } from './server.ts'

// What is on a disk after a crash is asked by the faults.
const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })

void t.test('tasks run over TLS alone, when the scheduling node dies and when the node of a device does', async (t) => {
  const url = await server.database('keyed')
  const nodes = await startNodes(t, url, { pinned: true })
  const [first, second, third] = [nodes.at(0), nodes.at(1), nodes.at(2)]
  const keys = async () =>
    (await server.query<{ fingerprint: string | null }>(url, 'SELECT fingerprint FROM retire_cluster.members')).map(
      ({ fingerprint }) => fingerprint,
    )
  t.equal(new Set((await keys()).filter((key) => key !== null)).size, 3, 'each has a key of its own')

  await nodes.addWorker(second, 'worker')
  const run = async (at: typeof first, duration: number) =>
    (await nodes.submit(at, { task_type: 'sleep', payload: { duration } })).task_id
  t.match(await nodes.task(third, await run(third, 0), 20), { status: 'completed', device_id: 'worker' })

  const overTheDeath = await run(third, 8)
  await until('it runs', async () => (await nodes.task(third, overTheDeath)).status === 'running' || undefined)
  t.equal(await nodes.scheduling(), first)
  await first.end('SIGKILL')
  await nodes.scheduling()
  const done = await until('it is told', () => nodes.task(third, overTheDeath, 20).catch(() => undefined))
  t.match(done, { status: 'completed', attempts: [{ device_id: 'worker' }] })
  t.equal(done.attempts.length, 1, 'its one attempt went on meanwhile')

  await first.start()
  await second.end('SIGKILL')
  const afterwards = await until('the third one takes tasks in', () => run(third, 0).catch(() => undefined))
  const moved = await until('it is told', () => nodes.task(third, afterwards, 30).catch(() => undefined), 60)
  t.match(moved, { status: 'completed', device_id: 'worker' }, 'the device has gone to another node')
})
