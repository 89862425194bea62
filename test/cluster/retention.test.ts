import t from 'tap'
import { toBytes } from '../../src/cluster/retention.ts'
import { createWorld, submitEcho } from './world.ts'

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

void t.test('sizes are read in powers of 1024', (t) => {
  t.same(['1KB', '10MB', '2GB'].map(toBytes), [1024, 10_485_760, 2_147_483_648])
  t.end()
})
