import t, { type Test } from 'tap'
import type { DeviceStatistics, TaskDetail } from '../../schemas/index.ts'
import { openStream } from '../api/open-stream.ts'
import { type RunningCluster, startCluster, until } from '../start-cluster.ts'
import type { Shape } from './shape.ts'
import { errorStatuses } from './lines.ts'
import { configAndStats, logs, messages } from './monitoring-shapes.ts'
import {
  cancellation,
  clusterAndDevices,
  deviceNotFound,
  type Exchange,
  firstTask,
  removal,
  retry,
  submission,
  success,
  tasks,
} from './shapes.ts'

/** Sends a request of the document as it stands, and compares the answer with the example. */
const replay = async (t: Test, url: string, exchange: Exchange, task_id = ''): Promise<unknown> => {
  const { method, body, status, data } = exchange
  const path = exchange.path.replace('{task_id}', task_id)
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { data: unknown }
  t.equal(response.status, status, `${method} ${path}`)
  t.match(response.headers.get('content-type'), /^application\/json/)
  t.same(success(data)(answer, path), [], `${method} ${path} answers in the shape of the example`)
  return answer.data
}

/** Waits until the heartbeats have brought what only an interval can show: the use of the processor. */
const measuredUsage = (cluster: RunningCluster) =>
  until('both devices tell their use', async () => {
    const { devices } = await cluster.devices()
    const told = devices.filter(({ resources }) => resources.cpu_usage !== null || process.platform === 'android')
    return told.length === 2 ? devices : undefined
  })

void t.test('every request of the document is answered as its example shows', async (t) => {
  const cluster = await startCluster(t, { workers: 0, workerArgs: ['--slots', '2'] })
  const { url, call } = cluster
  // Not the document's: so that telemetry comes soon, and yet no device counts as silent on a machine that does much else.
  await call('PUT', '/api/v1/config', { cluster: { heartbeat_interval: 4 } })
  await Promise.all([
    cluster.addWorker('android-001', ['--role', 'mobile']),
    cluster.addWorker('laptop-002', ['--role', 'compute']),
  ])
  const stream = await openStream(t, Number(new URL(url).port))
  t.match(stream.headers['content-type'], /^text\/event-stream/)
  t.equal((await fetch(`${url}/health`)).status, 200)

  const { task_id } = (await replay(t, url, firstTask)) as { task_id: string }
  t.match(await cluster.task(task_id, 30), { status: 'completed', result: { output: 'Hello World', exit_code: 0 } })
  const [phone] = await measuredUsage(cluster)
  const { platform, resources } = phone ?? {}
  // The machine of the test is no Android phone, and may have one core.
  const requirements = {
    ...submission.body.requirements,
    platform: platform?.os,
    min_cpu_cores: Math.min(submission.body.requirements.min_cpu_cores, resources?.cpu_cores ?? 1),
  }
  const adapted = { ...submission, body: { ...submission.body, requirements } }
  const own = (await replay(t, url, adapted)) as { task_id: string; assigned_device: string }
  t.equal(own.assigned_device, 'android-001')
  t.match(await cluster.task(own.task_id, 30), { result: { output: 'Hello World\nHello World\nHello World' } })
  for (const exchange of tasks) await replay(t, url, exchange, own.task_id)

  // A figure that nobody has told yet is null: the first heartbeat comes five seconds after a device has joined.
  await until('both devices have told their load', async () => {
    const { data } = await cluster.call<DeviceStatistics>('GET', '/api/v1/stats/devices')
    const figures = Object.values(data.device_stats.utilization)
    return (figures.length === 2 && figures.every(({ memory_avg }) => memory_avg !== null)) || undefined
  })
  for (const exchange of clusterAndDevices) await replay(t, url, exchange)

  const sleep = { task_type: 'sleep', payload: { duration: 600 }, device_id: 'android-001' }
  const sleeping = await cluster.submit(sleep)
  await until('it runs', async () => (await cluster.task(sleeping.task_id)).status === 'running' || undefined)
  t.same(await replay(t, url, cancellation, sleeping.task_id), { cancelled_task: sleeping.task_id, was_running: true })
  const again = (await replay(t, url, retry, sleeping.task_id)) as { new_task_id: string; original_task_id: string }
  t.equal(again.original_task_id, sleeping.task_id)
  t.match(await cluster.task(again.new_task_id), { priority: 'high', payload: { duration: 600 } })

  const entries = (await replay(t, url, logs)) as { logs: Record<string, unknown>[] }
  t.ok(
    entries.logs.some(({ device_id, component }) => device_id === 'android-001' && component === 'task_executor'),
    'the log tells of tasks on their devices',
  )
  await stream.until('a message of each type of the document', ({ messages: came }) =>
    Object.keys(messages).every((type) => came.some(({ event }) => event.type === type)),
  )
  for (const { event } of stream.messages) {
    const shape: Shape | undefined = messages[event.type]
    if (shape !== undefined) t.same(shape(event, 'data'), [], event.type)
  }
  t.match(stream.text, /^data: \{/m)
  t.notMatch(stream.text, /^event:/m, 'messages are unnamed, so that onmessage gets them')

  for (const exchange of configAndStats) await replay(t, url, exchange)
  const config = await call<{ config: object }>('GET', '/api/v1/config')
  t.match(config.data, { config: { cluster: { heartbeat_interval: 30, offline_threshold: 180 } } })

  const forced = { ...removal, path: `${removal.path}?force=true` }
  t.same(await replay(t, url, forced), { removed_device: 'android-001', cancelled_tasks: 1 })
  t.equal((await call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${again.new_task_id}`)).data.task.status, 'cancelled')
})

void t.test('errors have the codes, the statuses and the envelope of the document', async (t) => {
  const cluster = await startCluster(t, { workers: 0, nodeArgs: ['--reconnect-grace', '0'] })
  const [, laptop] = await Promise.all([cluster.addWorker('android-001'), cluster.addWorker('laptop-002')])
  const refuse = async (code: keyof typeof errorStatuses, method: string, path: string, body?: unknown) => {
    const { status, error } = await cluster.call(method, path, body)
    t.match({ status, code: error?.code }, { status: errorStatuses[code], code }, `${method} ${path}`)
  }
  const response = await fetch(`${cluster.url}/api/v1/devices/invalid-device`, {
    headers: { 'Accept-Language': 'zh-CN' },
  })
  const answer = (await response.json()) as { error: { message: string; details: { available_devices: string[] } } }
  t.equal(response.status, 404)
  t.same(deviceNotFound(answer, ''), [])
  t.match(answer.error.message, "设备 'invalid-device' 不存在")
  t.same(new Set(answer.error.details.available_devices), new Set(['android-001', 'laptop-002']))

  laptop.process.kill()
  await until('laptop-002 is offline', async () => (await cluster.devices()).offline === 1 || undefined)
  const echo = { task_type: 'echo', payload: { message: 'Hello World' } }
  await refuse('TASK_NOT_FOUND', 'GET', '/api/v1/tasks/task-abc123')
  await refuse('INVALID_TASK_TYPE', 'POST', '/api/v1/tasks', { ...echo, task_type: 'no-such-type' })
  await refuse('DEVICE_OFFLINE', 'POST', '/api/v1/tasks', { ...echo, device_id: 'laptop-002' })
  await refuse('INSUFFICIENT_RESOURCES', 'POST', '/api/v1/tasks', { ...echo, requirements: { min_memory_gb: 1e6 } })
})
