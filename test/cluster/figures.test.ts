import t from 'tap'
import { createWorld, endOf, helloOf, idle, submitEcho } from './world.ts'
import { settle } from './fake-clock.ts'

void t.test('an empty cluster has nulls where there is nothing to say', async (t) => {
  const { node } = await createWorld(t)
  t.match(await node.cluster.status(), {
    cluster_stats: { total_devices: 0, health_percentage: null, by_role: {}, uptime: '0d 0h 0m' },
  })
  t.match(await node.cluster.health(), {
    overall_health: 'healthy',
    checks: { resources: { cpu_usage: null }, network: { connected_devices: 0 } },
  })
  t.match((await node.cluster.metrics({})).metrics, {
    cpu: { average_usage: null, peak_usage: null, total_cores: 0 },
    tasks: { completed: 0, average_duration_seconds: null },
  })
  t.match(await node.cluster.stats.tasks({}), { task_stats: { total_tasks: 0, success_rate: null, by_device: {} } })
  t.same((await node.cluster.stats.devices({})).device_stats.performance_ranking, [])
})

void t.test('statistics count what ended, by device, type and hour', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'd' })
  for (const outcome of ['completed', 'completed', 'failed'] as const) {
    await submitEcho(world)
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    const error = outcome === 'failed' ? { code: 'TASK_ERROR', message: 'no' } : null
    await device.finish(run, { outcome, error, execution_time_seconds: 4 })
  }
  const cancelled = await submitEcho(world)
  await world.node.cluster.tasks.cancel({ task_id: cancelled })
  t.match(await world.node.cluster.stats.tasks({ group_by: 'device' }), {
    task_stats: {
      total_tasks: 4,
      by_status: { completed: 2, failed: 1, cancelled: 1 },
      by_device: { d: { completed: 2, failed: 1, cancelled: 1 } },
      average_execution_time: 4,
      success_rate: 50,
    },
  })
  const byType = (await world.node.cluster.stats.tasks({ group_by: 'task_type' })).task_stats
  t.same(byType.by_task_type, { echo: { completed: 2, failed: 1, cancelled: 1 } })
  t.notOk('by_device' in byType)
  const byHour = (await world.node.cluster.stats.tasks({ group_by: 'hour', period: '24h' })).task_stats.by_hour ?? []
  t.equal(byHour.length, 25)
  t.match(byHour.at(-1), { hour: '2026-11-24T12:00:00.000Z', completed: 2 })
  device.session.heartbeat(idle)
  await world.clock.advance(600_000)
  const { device_stats } = await world.node.cluster.stats.devices({ period: '1h' })
  t.match(device_stats.utilization.d, { cpu_avg: 5, memory_avg: 12.5, uptime_percent: 50 }, 'offline from 300 s on')
  // 0.5 × 2/3 success, 0.3 × 0.5 speed (it is the whole cluster), 0.2 × 0.5 uptime
  t.same(device_stats.performance_ranking, [{ device_id: 'd', score: 58.3 }])
})

void t.test('of a type that it alone completed, a device is ranked by its benchmark', async (t) => {
  const world = await createWorld(t)
  const { profile } = helloOf()
  const measured = (operations_per_second: number) => ({
    ...profile,
    benchmark: { operations_per_second, measured_at: '2026-11-24T11:00:00.000Z' },
  })
  const device = await world.connect({ device_id: 'd', profile: measured(3000) })
  await world.connect({ device_id: 'other', profile: measured(1000) })
  await submitEcho(world, { device_id: 'd' })
  await world.clock.advance(1000)
  const [run] = device.runs
  if (run === undefined) throw new Error('nothing was given out')
  await device.finish(run)
  const { device_stats } = await world.node.cluster.stats.devices({ period: '1h' })
  const uptime = device_stats.utilization.d?.uptime_percent ?? 0
  // 0.5 × 1 success, 0.3 × 0.75 speed (it is one and a half times as fast as the median of 2000)
  t.same(device_stats.performance_ranking, [{ device_id: 'd', score: Number((50 + 22.5 + 0.2 * uptime).toFixed(1)) }])
})

void t.test('health warns and alarms by the thresholds of the config', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ telemetry: { ...idle, cpu_usage: 90 } })
  t.match(await world.node.cluster.health(), { overall_health: 'warning', checks: { resources: { cpu_usage: 90 } } })
  await world.node.cluster.config.update({ patch: { health: { usage_critical: 90 } }, expected_tag: null })
  t.equal((await world.node.cluster.health()).overall_health, 'unhealthy')
  device.session.heartbeat(idle)
  t.equal((await world.node.cluster.health()).overall_health, 'healthy')
  device.session.goodbye()
  await settle()
  t.equal((await world.node.cluster.health()).checks.network.status, 'unhealthy')
})

void t.test('a change of the config acts at once, survives a restart, and minds the flags', async (t) => {
  const world = await createWorld(t, { cluster: { reconnect_grace: 5 } })
  const device = await world.connect()
  const { config } = world.node.cluster
  const { tag } = await config.get()
  await t.rejects(config.update({ patch: { cluster: { reconnect_grace: 6 } }, expected_tag: null }), {
    code: 'CONFIG_PINNED',
  })
  await t.rejects(config.update({ patch: { cluster: { offline_threshold: 100 } }, expected_tag: null }), {
    code: 'VALIDATION_ERROR',
  })
  const patch = { cluster: { heartbeat_interval: 30, offline_threshold: 180 } }
  t.same(await config.update({ patch, expected_tag: tag }), {
    updated_fields: ['cluster.heartbeat_interval', 'cluster.offline_threshold'],
    restart_required: false,
  })
  await t.rejects(config.update({ patch, expected_tag: tag }), { code: 'PRECONDITION_FAILED' })
  t.same((await config.update({ patch, expected_tag: null })).updated_fields, [], 'the same again changes nothing')
  t.equal((await config.update({ patch: { server: { port: 1 } }, expected_tag: null })).restart_required, true)
  await world.clock.advance(180_001)
  t.equal((await world.node.cluster.devices.get({ device_id: device.id })).status, 'offline')
  await world.restart()
  t.match((await world.node.cluster.config.get()).config.cluster, { ...patch.cluster, reconnect_grace: 5 })
})

void t.test('a batch is taken in whole or not at all, and tells how far it is', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const { tasks } = world.node.cluster
  const echo = { task_type: 'echo', payload: {} }
  await t.rejects(tasks.submitBatch({ tasks: [echo, { task_type: 'nope', payload: {} }] }), {
    code: 'INVALID_TASK_TYPE',
    details: { path: '/tasks/1' },
  })
  t.equal((await tasks.list({})).total, 0)
  const { batch_id, task_ids } = await tasks.submitBatch({ tasks: [echo, echo, echo] })
  await tasks.submitBatch({ tasks: [echo], batch_id })
  t.match(await tasks.batch({ batch_id, wait: 0 }), { total: 4, pending: 4, progress: 0, estimated_completion: null })
  t.equal((await tasks.list({ batch_id })).total, 4)
  await world.clock.advance(10_000)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  t.equal(run.task_id, task_ids[0])
  await device.finish(run)
  t.match(await tasks.batch({ batch_id, wait: 0 }), { running: 0, estimated_completion: null }, 'nothing runs')
  const [second] = device.runs
  if (second === undefined) throw new Error('the device got no other task')
  await device.start(second)
  t.match(await tasks.batch({ batch_id, wait: 0 }), {
    completed: 1,
    running: 1,
    progress: 25,
    estimated_completion: '2026-11-24T12:00:40.000Z',
  })
  const waiting = tasks.batch({ batch_id, wait: 60 })
  for (let next = device.runs[0]; next !== undefined; next = device.runs[0]) await device.finish(next)
  t.match(await waiting, {
    completed: 4,
    progress: 100,
    finished_at: '2026-11-24T12:00:10.000Z',
    estimated_completion: null,
  })
  await t.rejects(tasks.batch({ batch_id: 'none', wait: 0 }), { code: 'NOT_FOUND' })
})

void t.test('live output is read piece by piece, and stands in the log of the task', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const { output } = world.node.cluster.tasks
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  const waiting = output({ task_id, offset: 0, wait: 10 })
  await settle()
  const { epoch, attempt } = run
  device.session.output({ task_id, epoch, attempt, offset: 0, text: 'one\n' })
  t.same(await waiting, { text: 'one\n', next_offset: 4, ended: false })
  device.session.output({ task_id, epoch, attempt: attempt + 1, offset: 0, text: 'not mine' })
  t.same((await output({ task_id, offset: 4, wait: 0 })).text, '')
  t.match((await world.node.cluster.tasks.get({ task_id, wait: 0 })).detailed_log.at(-1), /> one$/)
  const result = {
    output: 'one\ntwo\n',
    exit_code: 0,
    signal: null,
    value: null,
    output_truncated: false,
    output_bytes: 8,
  }
  await device.session.finished(endOf(run, { result }))
  t.same(await output({ task_id, offset: 4, wait: 10 }), { text: 'two\n', next_offset: 8, ended: true })
})

void t.test('live output has no hole: what is missing is asked for at the next hello', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const { output } = world.node.cluster.tasks
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  const ref = { task_id, epoch: run.epoch, attempt: run.attempt }
  device.session.output({ ...ref, offset: 0, text: 'one ' })
  device.session.output({ ...ref, offset: 8, text: 'tree' })
  t.same(await output({ task_id, offset: 0, wait: 0 }), { text: 'one ', next_offset: 4, ended: false })

  device.session.closed('device')
  const back = await world.connect({ device_id: device.id, credential: device.credential, running: [ref] })
  t.same(back.printed, [{ ...ref, offset: 4 }])
  back.session.output({ ...ref, offset: 2, text: 'e two tree' })
  t.same(await output({ task_id, offset: 4, wait: 0 }), { text: 'two tree', next_offset: 12, ended: false })
  const result = { exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 12 }
  await back.session.finished(endOf(run, { result: { ...result, output: 'one two tree' } }))
  t.same(await output({ task_id, offset: 8, wait: 0 }), { text: 'tree', next_offset: 12, ended: true })
})

void t.test('what the owner changes of a device stays, unless the flags of its worker change', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'd', tags: ['a'] })
  const { devices } = world.node.cluster
  t.match(await devices.update({ device_id: 'd', patch: { tags: ['b'], role: 'storage', schedulable: false } }), {
    tags: ['b'],
    role: 'storage',
  })
  const task_id = await submitEcho(world)
  t.equal(device.runs.length, 0, 'a drained device gets nothing new')
  t.equal((await world.node.cluster.tasks.get({ task_id, wait: 0 })).pending_reason?.code, 'devices_drained')
  const again = { device_id: 'd', credential: device.credential, join_token: null }
  await world.connect({ ...again, tags: ['a'] })
  t.match(await devices.get({ device_id: 'd' }), { tags: ['b'], role: 'storage', schedulable: false })
  await world.connect({ ...again, tags: ['c'] })
  t.match(await devices.get({ device_id: 'd' }), { tags: ['c'], role: 'storage' })
  const outcome = await devices.batch({ device_ids: ['d', 'nobody'], set: { schedulable: true } })
  t.same(outcome.outcomes, [
    { device_id: 'd', ok: true, code: null },
    { device_id: 'nobody', ok: false, code: 'DEVICE_NOT_FOUND' },
  ])
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { device_id: 'd' }, 'and gets what waited')
})

void t.test('a tag that stands for more devices than one call may change is refused', async (t) => {
  const world = await createWorld(t)
  for (let index = 0; index <= 1000; index += 1) await world.connect({ device_id: `d${index}`, tags: ['lab'] })
  const { devices } = world.node.cluster
  await t.rejects(devices.batch({ tag: 'lab', set: { schedulable: false } }), {
    code: 'VALIDATION_ERROR',
    details: { issues: [{ in: 'body', path: '/tag' }] },
  })
  t.equal((await devices.list({ limit: 1000 })).devices.filter(({ schedulable }) => !schedulable).length, 0)
  await devices.remove({ device_id: 'd0', force: false })
  t.equal((await devices.batch({ tag: 'lab', set: { schedulable: false } })).changed, 1000)
})

void t.test('the log is filtered and paged', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'd' })
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run, { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'no' } })
  const { list } = world.node.cluster.logs
  const warnings = await list({ level: 'warning' })
  t.match(warnings, { total: 1, logs: [{ level: 'warning', task_id, device_id: 'd', component: 'task_executor' }] })
  t.ok((await list({ component: 'device_registry' })).logs.every((entry) => entry.component === 'device_registry'))
  const first = await list({ limit: 1 })
  t.ok(first.next_cursor)
  t.notSame((await list({ limit: 1, cursor: first.next_cursor ?? '' })).logs, first.logs)
})

void t.test('the stream goes on after an id, over a restart, and says where it cannot', async (t) => {
  const world = await createWorld(t)
  const heard: string[] = []
  const end = world.node.cluster.events.listen(({ id }) => heard.push(id))
  const device = await world.connect()
  device.session.heartbeat(idle)
  await submitEcho(world)
  end()
  const start = await world.node.cluster.events.after({ id: '1.0', limit: 100 })
  t.same(
    start.events.map(({ id }) => id),
    heard.filter((id) => id.split('.').length === 2),
    'what was heard is what is kept, telemetry aside',
  )
  const telemetry = heard.find((id) => id.split('.').length === 3) ?? ''
  await world.restart()
  const after = await world.node.cluster.events.after({ id: telemetry, limit: 100 })
  t.equal(after.reset, null)
  t.equal(after.events[0]?.sequence, Number(telemetry.split('.')[1]) + 1)
  t.match(await world.node.cluster.events.after({ id: '1.999999', limit: 1 }), { reset: 'unknown', events: [] })
  t.match(await world.node.cluster.events.after({ id: '2.1', limit: 1 }), { reset: 'unknown' })
  t.match(await world.node.cluster.events.after({ id: 'junk', limit: 1 }), { reset: 'unknown' })
})
