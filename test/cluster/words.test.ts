/** What users are shown, whole: every field of every answer, every sentence of every reason and refusal. */
import { inspect } from 'node:util'
import t from 'tap'
import { type PlacementReasonCode, placementReasons } from '../../schemas/index.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { pendingReasonOf, sentenceOf, type Verdict } from '../../src/cluster/verdict.ts'
import { deviceOf } from './records.ts'
import { withNames } from './story.ts'
import { createWorld, helloOf, idle, JOIN_TOKEN, submitEcho, type World } from './world.ts'

const { profile } = helloOf()

/** As it is shown, with names instead of what is made by chance. */
const shown = (answer: unknown) =>
  withNames([
    inspect(answer, { depth: null, breakLength: 120, compact: 4, maxArrayLength: null, maxStringLength: null }),
  ]).join()

const codes = Object.keys(placementReasons) as PlacementReasonCode[]
const verdictOf = (code: PlacementReasonCode) =>
  ({ code, unmet: { code, requirement: 'role', required: 'mobile', available: 'compute' } }) as Verdict
const plainVerdictOf = (code: PlacementReasonCode) =>
  (code === 'paused' ? { code, why: 'phone takes no tasks now. It is off the plug.' } : { code }) as Verdict

void t.test('every reason of a placement, and what follows for a task that waits, in its words', (t) => {
  const device = deviceOf('phone')
  const unmet = new Set<PlacementReasonCode>([
    'not_now',
    'rejected',
    'requirement_unmet',
    'not_allowed',
    'type_not_offered',
    'not_requested',
  ])
  const sentences = codes.map((code) => sentenceOf(unmet.has(code) ? verdictOf(code) : plainVerdictOf(code), device))
  t.matchSnapshot(shown(sentences), 'placement')
  const pending = codes.map((code) => [code, pendingReasonOf([plainVerdictOf(code)], null)])
  t.matchSnapshot(shown(Object.fromEntries(pending)), 'pending')
  t.matchSnapshot(shown(pendingReasonOf([{ code: 'offline' }], 'phone')), 'pending, for a device that was asked for')
  t.end()
})

/** A cluster in which something of everything is there. */
const furnished = async (world: World) => {
  const { tasks } = world.node.cluster
  const battery = { level: 71, charging: true }
  const phone = await world.connect({
    device_id: 'phone',
    role: 'mobile',
    tags: ['lab', 'old'],
    profile: { ...profile, hostname: 'pixel', model: 'Pixel 3', capabilities: ['camera'], sensors: ['light'] },
    telemetry: { ...idle, battery, metered: false },
    offer: { slots: 1, task_types: ['echo', 'command'], allow: [], custom_types: [] },
  })
  const gone = await world.connect({ device_id: 'gone' })
  const first = await submitEcho(world, { metadata: { project: 'words' }, priority: 'high', batch_id: 'night' })
  const [run] = phone.runs.length > 0 ? phone.runs : gone.runs
  if (run === undefined) throw new Error('no device has the task')
  const worker = phone.runs.length > 0 ? phone : gone
  await worker.start(run)
  await world.clock.advance(2000)
  await worker.finish(run, {
    resource_usage: { peak_cpu_percent: 90, peak_memory_mb: 12, total_cpu_time_seconds: 0.5 },
  })
  gone.session.goodbye()
  await world.clock.advance(1000)
  phone.session.heartbeat({ ...idle, battery })
  await submitEcho(world, { device_id: 'phone' })
  await submitEcho(world, { device_id: 'phone', requirements: { tags: ['lab'] }, batch_id: 'night' })
  await tasks.cancel({ task_id: await submitEcho(world, { device_id: 'gone', queue_if_unavailable: true }) })
  await world.clock.advance(1000)
  return { task_id: first }
}

void t.test('every answer, field by field', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await furnished(world)
  const { cluster } = world.node
  const answers: Record<string, () => Promise<unknown>> = {
    status: () => cluster.status(),
    health: async () => {
      const health = await cluster.health()
      // The round trip to the store is measured, in real time.
      return {
        ...health,
        checks: { ...health.checks, database: { ...health.checks.database, response_time_ms: null } },
      }
    },
    metrics: () => cluster.metrics({}),
    config: () => cluster.config.get(),
    types: async () => (await cluster.tasks.types()).task_types.map((type) => ({ ...type, payload_schema: null })),
    devices: () => cluster.devices.list({}),
    device: () => cluster.devices.get({ device_id: 'phone' }),
    tasks: () => cluster.tasks.list({}),
    task: () => cluster.tasks.get({ task_id, wait: 0 }),
    batch: () => cluster.tasks.batch({ batch_id: 'night', wait: 0 }),
    placement: () => cluster.tasks.placement({ task_id }),
    'task statistics': () => cluster.stats.tasks({ period: '24h', group_by: 'task_type' }),
    'device statistics': () => cluster.stats.devices({ period: '24h' }),
  }
  for (const [name, answer] of Object.entries(answers)) t.matchSnapshot(shown(await answer()), name)
})

void t.test('every refusal, with its details', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await furnished(world)
  const { tasks, devices, config, keys, logs } = world.node.cluster
  const submit = (submission: object) =>
    tasks.submit({ submission: { task_type: 'echo', payload: {}, ...submission }, wait: 0 })
  const refusals: Record<string, () => Promise<unknown>> = {
    'a type that was misspelt': () => submit({ task_type: 'ehco' }),
    'a type that nobody knows': () => submit({ task_type: 'render' }),
    'a device that was misspelt': () => submit({ device_id: 'fone' }),
    'a device that is offline': () => submit({ device_id: 'gone' }),
    'more than the device that was asked for has': () =>
      submit({ device_id: 'phone', requirements: { min_memory_gb: 16, role: 'mobile' } }),
    'more than any device has': () => submit({ requirements: { min_cpu_cores: 64, arch: 'arm64' } }),
    'a type that no owner allows': () => submit({ task_type: 'python_eval', payload: { expression: '1' } }),
    'a shell that no owner allows': () => submit({ task_type: 'command', payload: { command: 'true', shell: true } }),
    'a task that is not there': () => tasks.get({ task_id: 'task-none', wait: 0 }),
    'an end of what has ended': () => tasks.cancel({ task_id }),
    'a retry of what waits': async () => tasks.retry({ task_id: await submitEcho(world, { device_id: 'phone' }) }),
    'a batch that is not there': () => tasks.batch({ batch_id: 'none', wait: 0 }),
    'a device that is not there': () => devices.get({ device_id: 'none' }),
    'a removal of who has work': () => devices.remove({ device_id: 'phone', force: false }),
    'a threshold below the other': () =>
      config.update({ patch: { health: { usage_warning: 90, usage_critical: 80 } }, expected_tag: null }),
    'a config that has changed': () => config.update({ patch: {}, expected_tag: 'old' }),
    'a key that is not there': () => keys.remove({ key_id: 'none' }),
    'a key that has expired': () =>
      keys.create({ name: 'late', scopes: ['read'], expires_at: '2026-11-24T11:00:00.000Z' }),
    'a cursor of another listing': () => logs.list({ cursor: 'none' }),
    'a join without a token': () => world.connect({ join_token: null }),
    'a join with a wrong token': () => world.connect({ join_token: `${JOIN_TOKEN}x` }),
    'a name that is taken': () => world.connect({ device_id: 'phone' }),
  }
  const told: Record<string, unknown> = {}
  for (const [name, act] of Object.entries(refusals))
    told[name] = await act().then(
      () => 'was taken',
      (error: unknown) =>
        error instanceof ClusterError ? { code: error.code, details: error.details } : String(error),
    )
  t.matchSnapshot(shown(told), 'refusals')
  t.notMatch(JSON.stringify(told), /was taken|Error:/)
})
