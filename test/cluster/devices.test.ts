import t from 'tap'
import { closeCodes } from '../../schemas/index.ts'
import { createWorld, endOf, helloOf, idle, submitEcho } from './world.ts'
import { settle } from './fake-clock.ts'

const statusOf = async (world: Awaited<ReturnType<typeof createWorld>>, device_id: string) =>
  (await world.node.cluster.devices.get({ device_id })).status

void t.test('a device joins with the token, and comes back with its credential', async (t) => {
  const world = await createWorld(t)
  await t.rejects(world.connect({ join_token: 'wrong' }), { code: 'AUTHENTICATION_REQUIRED' })
  await t.rejects(world.connect({ join_token: null }), { code: 'AUTHENTICATION_REQUIRED' })
  const device = await world.connect({ device_id: 'phone-1' })
  t.equal(device.id, 'phone-1')
  await t.rejects(
    world.connect({ device_id: 'phone-1' }),
    { code: 'PERMISSION_DENIED' },
    'a taken id is not given again',
  )
  const { credential } = device
  await t.rejects(world.connect({ device_id: 'phone-1', credential: 'wrong', join_token: null }), {
    code: 'AUTHENTICATION_REQUIRED',
  })
  const again = await world.connect({ device_id: 'phone-1', credential, join_token: null })
  t.equal(again.id, 'phone-1')
  t.equal(device.closed?.code, closeCodes.replaced, 'the newer connection takes over')
  t.equal(await statusOf(world, 'phone-1'), 'online')
  const other = await world.connect()
  t.equal(other.id, 'box', 'without an id it is named after its host')
  t.match((await world.connect()).id, /^box-[a-z0-9]{4}$/)
})

void t.test(
  'a device is offline after offline_threshold of silence, and online once it says hello again',
  async (t) => {
    const world = await createWorld(t)
    const device = await world.connect()
    await world.clock.advance(299_000)
    t.equal(await statusOf(world, device.id), 'online')
    await world.clock.advance(1001)
    t.equal(await statusOf(world, device.id), 'offline')
    t.equal(device.closed?.code, closeCodes.silent, 'so that it comes back and says what it has')
    t.throws(() => device.session.heartbeat(idle), { code: 'PERMISSION_DENIED' })
    const { id, credential } = device
    await world.connect({ device_id: id, credential })
    t.equal(await statusOf(world, id), 'online')
  },
)

void t.test('a device whose side closed the connection is offline after reconnect_grace', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  await device.drop()
  await world.clock.advance(29_000)
  t.equal(await statusOf(world, device.id), 'online')
  await world.clock.advance(1001)
  t.equal(await statusOf(world, device.id), 'offline')
})

void t.test('a node that stood still takes nobody for silent, and neither does a jump of the wall clock', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  world.clock.jump(2 * 3_600_000)
  await world.clock.advance(1000)
  t.equal(await statusOf(world, device.id), 'online', 'the wall clock jumped ahead')
  await world.clock.stall(3_600_000)
  t.equal(await statusOf(world, device.id), 'online', 'the node itself did not listen')
  await world.clock.advance(300_001)
  t.equal(await statusOf(world, device.id), 'offline', 'and now it did, for a whole threshold')
})

void t.test(
  'a node that was held up just beyond the end of a threshold reads what came meanwhile before it blames',
  async (t) => {
    const world = await createWorld(t)
    const device = await world.connect()
    await world.clock.advance(299_900)
    await world.clock.stall(800)
    t.equal(await statusOf(world, device.id), 'online')
    device.session.heartbeat(idle)
    await world.clock.advance(299_800)
    t.equal(await statusOf(world, device.id), 'online', 'its heartbeat counts')
    await world.clock.stall(800)
    await world.clock.advance(100)
    t.equal(await statusOf(world, device.id), 'offline', 'nothing came')
  },
)

void t.test('a node that is held up again and again takes a silent device for offline all the same', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  await world.clock.advance(299_900)
  await world.clock.stall(800)
  t.equal(await statusOf(world, device.id), 'online')
  await world.clock.stall(800)
  t.equal(await statusOf(world, device.id), 'offline')
})

void t.test('a device without a connection, or silent for 1.5 intervals, gets nothing new', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  await world.clock.advance(91_000)
  await submitEcho(world)
  t.equal(device.runs.length, 0)
  device.session.heartbeat(idle)
  await settle()
  t.equal(device.runs.length, 1)
})

void t.test('the tasks of a lost device go to others, at most five times', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world)
  const get = () => world.node.cluster.tasks.get({ task_id, wait: 0 })
  for (let loss = 1; loss <= 6; loss += 1) {
    const device = await world.connect()
    const [run] = device.runs
    t.equal(run?.attempt, loss)
    if (run === undefined) return
    await device.start(run)
    // Three that go away within a minute of its start would be enough.
    await world.clock.advance(61_000)
    await device.drop()
    // One death a threshold: more at once would be a router that restarts.
    await world.clock.advance(400_000)
  }
  t.match(await get(), { status: 'failed', error: { code: 'DEVICE_LOST' }, attempt: 6 })
})

void t.test('on_device_lost: fail fails it at once', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world, { on_device_lost: 'fail' })
  await device.drop()
  await world.clock.advance(30_001)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
    status: 'failed',
    error: { code: 'DEVICE_LOST' },
  })
})

void t.test('a device that comes back has its attempt taken up again, running or finished', async (t) => {
  for (const how of ['running', 'finished'] as const) {
    const world = await createWorld(t)
    const device = await world.connect()
    const task_id = await submitEcho(world)
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await device.start(run)
    await device.drop()
    await world.clock.advance(30_001)
    t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'pending', device_id: null })
    const { epoch, attempt } = run
    const ref = { task_id, epoch, attempt }
    const again = await world.connect({ device_id: device.id, credential: device.credential, [how]: [ref] })
    t.same(again.abandon, [])
    t.equal(again.runs.length, 0, 'it is not given a second time')
    await again.session.finished(endOf(run))
    t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'completed', attempt: 1 })
  }
})

void t.test('a superseded attempt changes nothing', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect({ device_id: 'first' })
  const task_id = await submitEcho(world)
  const [run] = first.runs
  if (run === undefined) throw new Error('the device got no task')
  await first.start(run)
  await first.drop()
  const second = await world.connect({ device_id: 'second' })
  await world.clock.advance(30_001)
  const [newer] = second.runs
  if (newer === undefined) throw new Error('the second device got no task')
  t.equal(newer.attempt, 2)
  const { epoch, attempt } = run
  const hello = { device_id: 'first', credential: first.credential, running: [{ task_id, epoch, attempt }] }
  const back = await world.connect(hello)
  t.same(back.abandon, [{ task_id, epoch, attempt }], 'it is told to end it')
  t.match(await world.node.cluster.devices.get({ device_id: 'first' }), { slots: { total: 2, free: 1 } })
  await back.session.finished(endOf(run, { result: null }))
  t.match(await world.node.cluster.devices.get({ device_id: 'first' }), { slots: { total: 2, free: 2 } })
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'pending', device_id: 'second' })
  back.session.started({ task_id, epoch, attempt: 2 })
  await settle()
  t.equal(
    (await world.node.cluster.tasks.get({ task_id, wait: 0 })).status,
    'pending',
    'nor can it speak for another device',
  )
})

void t.test('a goodbye takes a device offline at once, and costs its tasks nothing', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world, { on_device_lost: 'fail' })
  device.session.goodbye()
  await settle()
  t.equal(await statusOf(world, device.id), 'offline')
  t.equal((await world.node.cluster.tasks.get({ task_id, wait: 0 })).status, 'pending')
})

void t.test('a rejection goes elsewhere uncounted, and fails where there is no elsewhere', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect({ device_id: 'first' })
  const second = await world.connect({ device_id: 'second' })
  const task_id = await submitEcho(world)
  const error = { code: 'TASK_REJECTED', message: 'no such program' }
  for (const device of [first, second]) {
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await device.finish(run, { outcome: 'rejected', error, result: null })
  }
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'failed', error, retries: 0 })
})

void t.test('removal refuses a busy device, and with force cancels its tasks and closes its link', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const running = await submitEcho(world)
  const { remove } = world.node.cluster.devices
  await t.rejects(remove({ device_id: device.id, force: false }), {
    code: 'DEVICE_BUSY',
    details: { unfinished_tasks: 1 },
  })
  t.same(await remove({ device_id: device.id, force: true }), { removed_device: device.id, cancelled_tasks: 1 })
  t.equal(device.closed?.code, closeCodes.removed)
  t.equal((await world.node.cluster.tasks.get({ task_id: running, wait: 0 })).status, 'cancelled')
  await t.rejects(world.connect({ device_id: device.id, credential: device.credential, join_token: null }), {
    code: 'AUTHENTICATION_REQUIRED',
  })
  await t.rejects(remove({ device_id: 'boks', force: false }), { code: 'DEVICE_NOT_FOUND' })
})

void t.test('ping measures the round trip, and tells of an unreachable device', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  t.match(await world.node.cluster.devices.ping({ device_id: device.id, count: 2 }), {
    reachable: true,
    packet_loss: 0,
    results: [{ seq: 1, time_ms: 0 }, { seq: 2 }],
  })
  device.answers = false
  t.match(await world.node.cluster.devices.ping({ device_id: device.id }), { reachable: false, packet_loss: 100 })
  await device.drop()
  t.match(await world.node.cluster.devices.ping({ device_id: device.id }), {
    reachable: false,
    average_latency_ms: null,
  })
})

void t.test('listing filters, sorts and pages', async (t) => {
  const world = await createWorld(t)
  for (const [index, cpu_usage] of [30, 10, 20].entries())
    await world.connect({
      device_id: `d${index}`,
      role: index === 0 ? 'storage' : 'compute',
      tags: ['lab', `n${index}`],
      telemetry: { ...idle, cpu_usage },
    })
  const { list } = world.node.cluster.devices
  const ids = async (query: Parameters<typeof list>[0]) => (await list(query)).devices.map(({ id }) => id)
  t.same(await ids({}), ['d0', 'd1', 'd2'])
  t.same(await ids({ sort: 'cpu' }), ['d1', 'd2', 'd0'])
  t.same(await ids({ sort: 'cpu', order: 'desc' }), ['d0', 'd2', 'd1'])
  t.same(await ids({ role: 'storage' }), ['d0'])
  t.same(await ids({ tag: ['lab', 'n2'] }), ['d2'])
  t.same(await ids({ platform: 'android' }), [])
  t.same(await ids({ status: 'offline' }), [])
  t.match(await list({ status: 'offline' }), { total: 3, online: 3, offline: 0 })
  const first = await list({ limit: 2 })
  t.same(await ids({ limit: 2, cursor: first.next_cursor ?? '' }), ['d2'])
})

void t.test('unfinished tasks, devices and their credentials survive the death of the node', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const waiting = await Promise.all([submitEcho(world), submitEcho(world)])
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  await world.restart()
  t.equal(await statusOf(world, device.id), 'online', 'it has a threshold to come back')
  const { epoch, attempt } = run
  const back = await world.connect({
    device_id: device.id,
    credential: device.credential,
    join_token: null,
    running: [{ task_id, epoch, attempt }],
  })
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'running', attempt: 1 })
  await back.session.finished(endOf(run))
  await settle()
  const given = new Set(back.runs.map((other) => other.task_id))
  for (const id of waiting) t.ok(given.has(id), 'what was assigned and never received is given again')
})

void t.test('telemetry becomes hourly means in the history', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ telemetry: { ...idle, cpu_usage: 100 } })
  // What a hello tells of the processor is the worker's own start: no sample.
  device.session.heartbeat({ ...idle, cpu_usage: 20 })
  device.session.heartbeat({ ...idle, cpu_usage: 40 })
  await world.clock.advance(61_000)
  const { performance_history } = await world.node.cluster.devices.get({ device_id: device.id })
  t.equal(performance_history.cpu_usage_24h.length, 24)
  t.equal(performance_history.cpu_usage_24h.at(-1), 30)
  t.equal(performance_history.cpu_usage_24h[0], null)
  t.equal(performance_history.memory_usage_24h.at(-1), 12.5)
  t.ok(helloOf().profile.memory_total_gb === 8)
})
