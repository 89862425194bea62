import t from 'tap'
import type { MonitorEvent, ServerHealth } from '../../schemas/index.ts'
import { type Message, type OpenStream, openStream } from '../api/open-stream.ts'
import { startCluster, until } from '../start-cluster.ts'
import { ask } from './ask.ts'
import { startWalk } from './walk.ts'

const KEY = 'your-secret-key'
const TASKS = 12

/** Ids of what is kept; telemetry (three parts) is not replayed. */
const kept = (messages: readonly Message[]) => messages.map(({ id }) => id).filter((id) => id.split('.').length === 2)

const count = ({ messages }: OpenStream, type: MonitorEvent['type']) =>
  messages.filter(({ event }) => event.type === type).length

void t.test(
  'a node that dies is told of by every operation, and all comes back by itself, streams included',
  async (t) => {
    const cluster = await startCluster(t, {
      mode: 'remote',
      workers: 0,
      key: KEY,
      args: ['--rate-limit-read', '1000000', '--rate-limit-write', '1000000'],
      nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '20', '--reconnect-grace', '3'],
    })
    const walk = await startWalk(t, cluster.url, KEY)
    const port = Number(new URL(cluster.url).port)
    const stream = (lastId?: string) =>
      openStream(t, port, '/api/v1/monitor/stream', {
        ...walk.headers,
        ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }),
      })

    const staying = await stream()
    const leaving = await stream()
    await cluster.addWorker('android-001', ['--slots', '2'])
    const submit = () => cluster.submit({ task_type: 'sleep', payload: { duration: 0.3 } })
    for (let task = 0; task < TASKS; task += 1) await submit()
    await leaving.until('a task is done', (seen) => count(seen, 'task_completed') > 0)
    leaving.vanish()

    await cluster.killNode()
    const health = await until('the API server notices', async () => {
      const { data } = await cluster.call<ServerHealth>('GET', '/health')
      return data.status === 'degraded' ? data : undefined
    })
    t.match(health, { cluster: { reachable: false, mode: 'remote', reason: /./, since: /Z$/ } })
    await walk.succeed('getHealth', 200)
    const params = {
      device_id: 'android-001',
      task_id: 'task-abc123',
      batch_id: 'batch-abc123',
      key_id: 'key-abc123',
      join_id: 'join-abc123',
      sha256: 'f'.repeat(64),
    }
    const bodies: Readonly<Record<string, object>> = {
      submitTask: { task_type: 'echo', payload: {} },
      submitBatch: { tasks: [{ task_type: 'echo', payload: {} }] },
      cancelTasks: { batch_id: 'batch-abc123' },
      retryTasks: { batch_id: 'batch-abc123' },
      updateDevice: { schedulable: false },
      updateDevices: { tag: 'lab', set: { schedulable: false } },
      updateConfig: { cluster: { task_timeout: 60 } },
      createKey: { name: 'laptop', scopes: ['read'] },
      createJoinToken: { max_uses: 1 },
      findMissingArtifacts: { sha256: [params.sha256] },
    }
    for (const { id, answers } of walk.law.operations) {
      if (!answers.includes('CLUSTER_UNAVAILABLE')) continue
      if (id === 'getPrometheusMetrics') continue
      const body = bodies[id]
      const { headers } = await walk.send(id, 'CLUSTER_UNAVAILABLE', {
        params,
        ...(body === undefined ? {} : { body }),
      })
      t.ok(Number(headers['retry-after']) >= 1, `${id} says when to try again`)
    }

    // What the server knows by itself is told without the node; whose key it is, where the node keeps it, is not.
    t.match((await walk.send('getPrometheusMetrics', 200)).text, /^retire_cluster_reachable 0$/m)
    const unknown = { method: 'GET', path: '/metrics', headers: { 'X-API-Key': 'a-key-of-the-node' } }
    t.match(await ask(cluster.url, unknown), { status: 503, text: 'CLUSTER_UNAVAILABLE' })

    await cluster.startNode()
    await until('the API server is back', async () => {
      const { data } = await cluster.call<ServerHealth>('GET', '/health')
      return data.status === 'healthy' ? true : undefined
    })
    const lastId = kept(leaving.messages).at(-1) ?? ''
    const resumed = await stream(lastId)
    await until('the worker is back, and has done everything', async () => {
      const { completed } = await cluster.tasks('limit=1')
      return completed === TASKS ? true : undefined
    })
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'after' } })
    t.match(await cluster.task(task_id, 30), { status: 'completed', result: { output: 'after' } })

    const isLast = ({ messages }: OpenStream) =>
      messages.some(({ event }) => event.type === 'task_completed' && event.task_id === task_id)
    await Promise.all([staying.until('the last task', isLast), resumed.until('the last task', isLast)])
    const whole = await stream(kept(staying.messages)[0] ?? '')
    await whole.until('the last task', isLast)
    const upTo = (messages: readonly Message[]) => {
      const end = messages.findIndex(({ event }) => event.type === 'task_completed' && event.task_id === task_id)
      return kept(messages.slice(0, end + 1))
    }
    const told = [...kept(staying.messages).slice(0, 1), ...upTo(whole.messages)]
    t.equal(new Set(told).size, told.length, 'no id is used twice')
    t.ok(told.length > 4 * TASKS, `${told.length} events`)
    t.same(upTo(staying.messages), told, 'a stream that stayed open over the outage has no gap and no repeat')
    t.same(
      [...kept(leaving.messages), ...upTo(resumed.messages)],
      told,
      'nor has one that was resumed by Last-Event-ID',
    )
    t.notOk([staying, resumed].some((seen) => count(seen, 'stream_reset') > 0))
  },
)
