import t from 'tap'
import { settle } from './fake-clock.ts'
import { createWorld, idle, submitEcho, type World } from './world.ts'

const status = async ({ node }: World, device_id: string) => (await node.cluster.devices.get({ device_id })).status
const reason = async ({ node }: World, task_id: string) =>
  (await node.cluster.tasks.get({ task_id, wait: 0 })).pending_reason?.code
const eventsOf = async ({ node }: World) =>
  (await node.cluster.events.after({ id: '1.0', limit: 1000 })).events.map(({ event }) => event.type)

const createStrictWorld = (t: Parameters<typeof createWorld>[0]) => createWorld(t, {}, { requireApproval: true })

void t.test(
  'a device that joins waits for approval, gets no tasks meanwhile, and all that wait at once after',
  async (t) => {
    const world = await createStrictWorld(t)
    const { devices } = world.node.cluster
    const device = await world.connect({ device_id: 'phone' })
    t.equal(await status(world, 'phone'), 'pending_approval')
    const task_id = await submitEcho(world)
    t.equal(await reason(world, task_id), 'devices_pending_approval')
    t.strictSame(device.runs, [])
    t.match(await devices.list({ status: 'pending_approval' }), { total: 1, online: 0, pending_approval: 1 })
    t.notOk((await eventsOf(world)).includes('device_online'))

    t.equal((await devices.approve({ device_id: 'phone' })).status, 'online')
    await settle()
    t.match(device.runs, [{ task_id }])
    t.ok((await eventsOf(world)).includes('device_online'))
    t.equal((await devices.approve({ device_id: 'phone' })).status, 'online', 'once more changes nothing')
    t.equal((await eventsOf(world)).filter((type) => type === 'device_online').length, 1)
    await t.rejects(devices.approve({ device_id: 'phon' }), { code: 'DEVICE_NOT_FOUND' })
  },
)

void t.test('it waits over reconnects and restarts of the node, whatever that then requires', async (t) => {
  const world = await createStrictWorld(t)
  const { credential, ...device } = await world.connect({ device_id: 'phone' })
  await device.drop()
  await world.clock.advance(600_000)
  t.equal(await status(world, 'phone'), 'pending_approval', 'it is not taken for offline')
  await world.connect({ device_id: 'phone', credential, join_token: null })
  t.equal(await status(world, 'phone'), 'pending_approval')
  await world.restart({ requireApproval: false })
  await world.connect({ device_id: 'phone', credential, join_token: null })
  t.equal(await status(world, 'phone'), 'pending_approval')
})

void t.test(
  'one that waits is registered, and counts neither as offline nor with what it says that it has',
  async (t) => {
    const world = await createStrictWorld(t)
    const stranger = await world.connect({ device_id: 'stranger' })
    const told: string[] = []
    world.node.cluster.events.listen(({ event }) => void told.push(event.type))
    for (let n = 0; n < 3; n += 1) {
      stranger.session.heartbeat(idle)
      await world.clock.advance(60_000)
    }
    t.notOk(told.includes('device_update'), 'its heartbeats are told to nobody')
    t.same(await world.store.metrics('minute', 0), [], 'and not kept')
    const { total, online, offline, pending_approval } = await world.node.cluster.devices.list({})
    t.same({ total, online, offline, pending_approval }, { total: 1, online: 0, offline: 0, pending_approval: 1 })
    t.match((await world.node.cluster.status()).cluster_stats, {
      total_devices: 1,
      online_devices: 0,
      offline_devices: 0,
      total_resources: { cpu_cores: 0, memory_gb: 0, storage_gb: 0 },
    })
  },
)

void t.test('one that is approved while it is away is offline, and online with its next hello', async (t) => {
  const world = await createStrictWorld(t)
  const { credential, ...device } = await world.connect({ device_id: 'phone' })
  await device.drop()
  t.equal((await world.node.cluster.devices.approve({ device_id: 'phone' })).status, 'offline')
  await world.connect({ device_id: 'phone', credential, join_token: null })
  t.equal(await status(world, 'phone'), 'online')
})

void t.test('one that is approved while it comes back is online, whichever is first', async (t) => {
  for (const turns of [0, 1, 2, 5]) {
    const world = await createStrictWorld(t)
    const { credential, ...device } = await world.connect({ device_id: 'phone' })
    await device.drop()
    const coming = world.connect({ device_id: 'phone', credential, join_token: null })
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    await world.node.cluster.devices.approve({ device_id: 'phone' })
    const back = await coming
    await settle()
    // A worker whose connection is closed comes back.
    if (back.closed !== undefined) await world.connect({ device_id: 'phone', credential, join_token: null })
    t.equal(await status(world, 'phone'), 'online', `${turns} turns later`)
  }
})

void t.test('once approved it is watched like any other', async (t) => {
  const world = await createStrictWorld(t)
  await world.connect({ device_id: 'phone' })
  await world.clock.advance(400_000)
  await world.node.cluster.devices.approve({ device_id: 'phone' })
  await world.clock.advance(301_000)
  t.equal(await status(world, 'phone'), 'offline')
})

void t.test(
  'a token with auto_approve lets its device in at once; no token waits where nothing is required',
  async (t) => {
    const strict = await createStrictWorld(t)
    for (const auto_approve of [true, false]) {
      const { secret } = await strict.node.cluster.joinTokens.create({ auto_approve })
      const { id } = await strict.connect({ join_token: secret })
      t.equal(await status(strict, id), auto_approve ? 'online' : 'pending_approval')
    }
    const easy = await createWorld(t)
    const { secret } = await easy.node.cluster.joinTokens.create({ auto_approve: false })
    t.equal(await status(easy, (await easy.connect({ join_token: secret })).id), 'online')
  },
)

void t.test('a thousand are approved in one call and one commit', async (t) => {
  const world = await createStrictWorld(t)
  const device_ids = Array.from({ length: 999 }, (_, n) => `d${n}`)
  for (const device_id of device_ids) await world.connect({ device_id })
  const { length } = world.store.commits
  const outcome = await world.node.cluster.devices.batch({ device_ids: [...device_ids, 'nobody'], approve: true })
  t.equal(outcome.changed, 999)
  t.strictSame(outcome.outcomes.at(-1), { device_id: 'nobody', ok: false, code: 'DEVICE_NOT_FOUND' })
  t.match(await world.node.cluster.devices.list({ limit: 1 }), { online: 999, pending_approval: 0 })
  t.equal(world.store.commits.length, length + 1)
})

void t.test('one that waits can be removed, and asking for it by name says why nothing comes', async (t) => {
  const world = await createStrictWorld(t)
  const device = await world.connect({ device_id: 'phone' })
  const submission = { task_type: 'echo', payload: {}, device_id: 'phone' }
  await t.rejects(world.node.cluster.tasks.submit({ submission, wait: 0 }), { code: 'DEVICE_OFFLINE' })
  const queued = await submitEcho(world, { device_id: 'phone', queue_if_unavailable: true })
  t.equal(await reason(world, queued), 'devices_pending_approval')
  await world.node.cluster.devices.remove({ device_id: 'phone', force: true })
  t.ok(device.closed)
})
