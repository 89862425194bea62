import t from 'tap'
import { staticKeys } from '../../src/api/security/keys.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { submitEcho } from '../cluster/world.ts'
import { startApi } from './start-api.ts'
import { startWorld } from './start-world.ts'

/** Samples by name and labels. Throws on a line that the text format 0.0.4 does not know. */
const samplesOf = (text: string): Map<string, number> => {
  const samples = new Map<string, number>()
  const typed = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const comment = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line)
    if (comment !== null) {
      if (comment[1] === 'TYPE') typed.set(comment[2] ?? '', comment[3] ?? '')
      continue
    }
    const sample = /^([a-z_][a-z0-9_]*)(\{(?:[a-z_]+="[^"\n]*",?)+\})? (\S+)$/.exec(line)
    const name = sample?.[1] ?? ''
    if (!typed.has(name) && !typed.has(name.replace(/_(bucket|sum|count)$/, ''))) throw new Error(`no TYPE: ${line}`)
    const value = Number(sample?.[3])
    if (Number.isNaN(value)) throw new Error(`no number: ${line}`)
    samples.set(`${name}${sample?.[2] ?? ''}`, value)
  }
  return samples
}

void t.test('the figures of the cluster are those of its status, its health and its listing', async (t) => {
  const { world, api } = await startWorld(t)
  const device = await world.connect({ device_id: 'one' })
  await world.connect({ device_id: 'two', role: 'storage' })
  for (let count = 0; count < 6; count += 1) await submitEcho(world, { device_id: 'one' })
  const [run] = device.runs
  if (run !== undefined) await device.finish(run)
  const answer = await api.call('GET', '/metrics')
  t.equal(answer.status, 200)
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const samples = samplesOf(answer.text)
  const expected = {
    retire_cluster_reachable: 1,
    'retire_cluster_devices{status="online"}': 2,
    'retire_cluster_devices{status="offline"}': 0,
    'retire_cluster_devices_by_role{role="storage"}': 1,
    retire_cluster_cpu_cores: 8,
    retire_cluster_memory_bytes: 16 * 2 ** 30,
    retire_cluster_storage_bytes: 128 * 2 ** 30,
    'retire_cluster_check{check="network",verdict="healthy"}': 1,
    'retire_cluster_check{check="network",verdict="warning"}': 0,
    retire_cluster_connected_devices: 2,
    'retire_cluster_usage_ratio{resource="cpu"}': 0.05,
    'retire_cluster_usage_ratio{resource="memory"}': 0.125,
    'retire_cluster_tasks{status="pending"}': 5,
    'retire_cluster_tasks{status="completed"}': 1,
    'retire_cluster_build_info{version="1.2.3",node="VERSION"}': 1,
  }
  for (const [name, value] of Object.entries(expected))
    t.equal(samples.get(name.replace('VERSION', process.versions.node)), value, name)
  t.ok((samples.get('process_resident_memory_bytes') ?? 0) > 1e7)
  t.ok((samples.get('process_cpu_seconds_total') ?? 0) > 0)
  const started = samples.get('process_start_time_seconds') ?? 0
  t.ok(started > Date.now() / 1000 - 3600 && started <= Date.now() / 1000)
})

void t.test('a figure that nobody knows is left out, never zero', async (t) => {
  const { api } = await startWorld(t)
  const { text } = await api.call('GET', '/metrics')
  t.notMatch(text, /retire_cluster_usage_ratio/)
  t.equal(samplesOf(text).get('retire_cluster_cpu_cores'), 0)
})

void t.test('requests are timed by method, route and status; a path of its own makes no label', async (t) => {
  const { api } = await startWorld(t)
  for (const path of ['/api/v1/tasks/task-a', '/api/v1/tasks/task-b', '/nothing/a', '/nothing/b', '/api/v1/devices'])
    await api.call('GET', path)
  const { text } = await api.call('GET', '/metrics')
  const samples = samplesOf(text)
  const name = 'retire_cluster_http_request_duration_seconds'
  const counted = (labels: string) => samples.get(`${name}_count{${labels}}`)
  t.equal(counted('method="GET",route="/api/v1/tasks/:task_id",status="404"'), 2)
  t.equal(counted('method="GET",route="",status="404"'), 2)
  t.equal(counted('method="GET",route="/api/v1/devices",status="200"'), 1)
  t.equal(samples.get(`${name}_bucket{le="+Inf",method="GET",route="/api/v1/devices",status="200"}`), 1)
  t.notMatch(text, /task-a|nothing/)
})

void t.test('while the node is away the figures of the server are still there, and say so', async (t) => {
  const away = () => Promise.reject(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'gone' }))
  const { call, lines } = await startApi(t, {
    answers: { status: away, health: away, 'tasks.list': away },
    reachability: () => ({ reachable: false, reason: 'gone', since_ms: 0 }),
  })
  const answer = await call('GET', '/metrics')
  t.equal(answer.status, 200)
  const samples = samplesOf(answer.text)
  t.equal(samples.get('retire_cluster_reachable'), 0)
  t.notMatch(answer.text, /retire_cluster_(devices|tasks|check)/)
  t.ok(samples.has('process_resident_memory_bytes'))
  t.match(lines.join(''), /figures of the cluster are missing/)
})

void t.test('with keys on, the figures need one', async (t) => {
  const { call } = await startApi(t, { auth: staticKeys(['secret-1']) })
  const refused = await call('GET', '/metrics')
  t.equal(refused.status, 401)
  t.equal(refused.json().error?.code, 'AUTHENTICATION_REQUIRED')
  t.equal((await call('GET', '/metrics', { headers: { Authorization: 'Bearer secret-1' } })).status, 200)
})
