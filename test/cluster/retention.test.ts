import t from 'tap'
import { ClusterError } from '../../src/cluster/errors.ts'
import { createWorld, idle, submitEcho } from './world.ts'

void t.test('what has aged out by the config is gone a minute later', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  const patch = { retention: { task_days: 1, event_hours: 1, log_days: 1 } }
  await world.node.cluster.config.update({ patch, expected_tag: null })
  await world.clock.advance(2 * 3_600_000)
  t.equal((await world.node.cluster.events.after({ id: '1.1', limit: 10 })).reset, 'expired')
  t.ok(await world.node.cluster.tasks.get({ task_id, wait: 0 }))
  await world.clock.advance(23 * 3_600_000)
  await t.rejects(world.node.cluster.tasks.get({ task_id, wait: 0 }), { code: 'TASK_NOT_FOUND' })
})

void t.test('bounds that were changed act at once, and minute means go by theirs', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  device.session.heartbeat(idle)
  const ids = [await submitEcho(world), await submitEcho(world)]
  for (const run of [...device.runs]) await device.finish(run)
  await world.clock.advance(26 * 3_600_000)
  t.strictSame(
    (await world.store.metrics('minute', 0)).filter(({ at_ms }) => at_ms < world.clock.now() - 25 * 3_600_000 - 60_000),
    [],
    'by default after 25 hours',
  )
  t.ok((await world.store.metrics('hour', 0)).length > 0, 'hour means stay')
  for (const task_id of ids) t.ok(await world.node.cluster.tasks.get({ task_id, wait: 0 }))
  await world.node.cluster.config.update({ patch: { retention: { task_days: 1 } }, expected_tag: null })
  await world.clock.advance(1)
  for (const task_id of ids)
    await t.rejects(world.node.cluster.tasks.get({ task_id, wait: 0 }), { code: 'TASK_NOT_FOUND' })
})

void t.test('where unfinished tasks alone are too large, new ones are refused until some have run', async (t) => {
  const world = await createWorld(t, { retention: { max_size: '20KB' } })
  const payload = { message: 'x'.repeat(8000) }
  const ids: string[] = []
  for (let number = 0; number < 3; number += 1) ids.push(await submitEcho(world, { payload }))
  await world.clock.advance(60_000)
  t.equal(
    await submitEcho(world, { payload }).catch((error: unknown) => error instanceof ClusterError && error.code),
    'STORAGE_FULL',
  )
  t.match(await world.node.cluster.health(), { checks: { database: { storage_full: true } } })
  const device = await world.connect()
  t.ok(device.runs.length > 0, 'those that are there are given out')
  while (device.runs[0] !== undefined) await device.finish(device.runs[0])
  await world.clock.advance(60_000)
  t.ok(await submitEcho(world, { payload }))
  t.match(await world.node.cluster.health(), { checks: { database: { storage_full: false } } })
})
