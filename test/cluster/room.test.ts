import t from 'tap'
import { createWorld, type FakeDevice, idle, submitEcho } from './world.ts'

const submission = { task_type: 'echo', payload: { message: 'hi' } } as const

void t.test('while the storage is full new work is refused, and all else goes on', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const { tasks } = world.node.cluster
  const [running, old] = [await submitEcho(world), await submitEcho(world)]
  await tasks.cancel({ task_id: old })
  const kept = { caller: 'anonymous', key: 'key-1' }
  const first = await tasks.submit({ submission, wait: 0, idempotency: kept })
  world.store.room = false

  const refused = { code: 'STORAGE_FULL' }
  await t.rejects(tasks.submit({ submission, wait: 0 }), refused)
  await t.rejects(tasks.submitBatch({ tasks: [submission, submission] }), refused)
  await t.rejects(tasks.retry({ task_id: old }), refused)
  await t.rejects(tasks.retryBatch({ task_ids: [old] }), refused)
  t.match(
    await tasks.submit({ submission, wait: 0, idempotency: kept }),
    { task_id: first.task_id, replayed: true },
    'what was taken in before is answered as before',
  )
  t.equal((await tasks.list({})).total, 3)
  t.match(await world.node.cluster.health(), {
    overall_health: 'unhealthy',
    checks: { database: { status: 'unhealthy', storage_full: true, response_time_ms: Number } },
  })

  const run = device.runs.find(({ task_id }) => task_id === running)
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  await device.finish(run)
  t.match(await tasks.get({ task_id: running, wait: 0 }), { status: 'completed' })
  await tasks.cancel({ task_id: first.task_id })
  await world.node.cluster.config.update({ patch: { retention: { task_days: 1 } }, expected_tag: null })
  t.match(await world.node.cluster.config.get(), { config: { retention: { task_days: 1 } } })
})

void t.test('what waits is given out when there is room again, by itself', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world)
  world.store.room = false
  const device = await world.connect()
  t.strictSame(device.runs, [])
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
    status: 'pending',
    pending_reason: { code: 'storage_full' },
  })
  await world.clock.advance(6000)
  t.strictSame(device.runs, [])
  world.store.room = true
  await world.clock.advance(6000)
  t.match(device.runs, [{ task_id }])
  t.match(await world.node.cluster.health(), { checks: { database: { status: 'healthy', storage_full: false } } })
  const { logs } = await world.node.cluster.logs.list({ component: 'store' })
  t.match(
    logs.map(({ level, message }) => `${level}: ${message}`),
    [/^info: there is room again/, /^error: the storage of the node is full/],
  )
})

void t.test('of a full disk neither figures nor the log take more and more', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const heartbeats = async ({ session }: FakeDevice, minutes: number) => {
    for (let beat = 0; beat < minutes * 2; beat += 1) {
      session.heartbeat(idle)
      await world.clock.advance(30_000)
    }
  }
  await heartbeats(device, 3)
  const written = async () => ({
    minutes: (await world.store.metrics('minute', 0)).length,
    hours: (await world.store.metrics('hour', 0)).map(({ samples }) => samples),
  })
  const before = await written()
  world.store.room = false
  await heartbeats(device, 3)
  const after = await written()
  t.equal(after.minutes, before.minutes, 'no row more')
  t.ok((after.hours[0] ?? 0) > (before.hours[0] ?? 0), 'the hour is written over')
  const lines = async () => (await world.node.cluster.logs.list({ level: 'debug' })).logs.map(({ message }) => message)
  const had = (await lines()).length
  await device.drop()
  const again = await world.connect({ device_id: device.id, credential: device.credential })
  t.equal((await lines()).length, had, 'what is not serious is left out')
  world.store.room = true
  await heartbeats(again, 2)
  t.ok((await written()).minutes > before.minutes)
})
