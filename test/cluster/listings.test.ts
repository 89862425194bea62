/** Orders, pages and filters of every listing of the domain. */
import t from 'tap'
import { createWorld, helloOf, idle, submitEcho, type World } from './world.ts'

const { profile } = helloOf()

const shelf = async (world: World) => {
  const gigabytes: Record<string, number | null> = { b: 4, a: 1, d: null, c: 2 }
  for (const [device_id, used] of Object.entries(gigabytes)) {
    await world.connect({
      device_id,
      telemetry: { ...idle, cpu_usage: used === null ? null : used * 10, memory_used_gb: used },
      profile: { ...profile, memory_total_gb: device_id === 'c' ? null : 8 },
    })
    await world.clock.advance(1000)
  }
}

void t.test('devices are sorted by name, use or last sign of life; what nobody knows stands first', async (t) => {
  const world = await createWorld(t)
  await shelf(world)
  const { devices } = world.node.cluster
  const ids = async (query: Parameters<typeof devices.list>[0]) =>
    (await devices.list(query)).devices.map(({ id }) => id)
  t.same(await ids({}), ['a', 'b', 'c', 'd'])
  t.same(await ids({ order: 'desc' }), ['d', 'c', 'b', 'a'])
  t.same(await ids({ sort: 'memory' }), ['c', 'd', 'a', 'b'])
  t.same(await ids({ sort: 'cpu' }), ['d', 'a', 'c', 'b'])
  t.same(await ids({ sort: 'last_seen' }), ['c', 'd', 'a', 'b'], 'the latest first')
  t.same(await ids({ sort: 'last_seen', order: 'asc' }), ['b', 'a', 'd', 'c'])
  const paged: string[] = []
  let cursor: string | undefined
  do {
    const page = await devices.list({ sort: 'memory', limit: 3, ...(cursor === undefined ? {} : { cursor }) })
    paged.push(...page.devices.map(({ id }) => id))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  t.same(paged, ['c', 'd', 'a', 'b'])
})

void t.test('a page that holds all has no next one', async (t) => {
  const world = await createWorld(t)
  await shelf(world)
  const { devices, logs, tasks, audit } = world.node.cluster
  t.equal((await devices.list({ limit: 4 })).next_cursor, null)
  t.type((await devices.list({ limit: 3 })).next_cursor, 'string')
  const { total } = await logs.list({})
  t.equal(total, 4)
  t.equal((await logs.list({ limit: 4 })).next_cursor, null)
  t.type((await logs.list({ limit: 3 })).next_cursor, 'string')
  const task_ids = [await submitEcho(world, { batch_id: 'x' }), await submitEcho(world)]
  t.equal((await tasks.list({ limit: 2 })).next_cursor, null)
  t.match(await tasks.list({ batch_id: 'x' }), { total: 1, tasks: [{ task_id: task_ids[0] }] })
  await world.node.cluster.keys.create({ name: 'one', scopes: ['read'] })
  t.equal((await audit.list({ limit: 1 })).next_cursor, null)
})

void t.test('the log is filtered by task and by device', async (t) => {
  const world = await createWorld(t)
  const one = await world.connect({ device_id: 'one' })
  const task_id = await submitEcho(world)
  await submitEcho(world)
  for (const run of [...one.runs]) {
    await one.start(run)
    await one.finish(run)
  }
  const { logs } = world.node.cluster
  t.same(
    (await logs.list({ task_id })).logs.map(({ message }) => message),
    [`task ${task_id} completed`, `task ${task_id} started`],
  )
  t.equal((await logs.list({ device_id: 'none' })).total, 0)
})

void t.test('keys are listed as they were made', async (t) => {
  const world = await createWorld(t)
  for (const name of ['b', 'a', 'c']) {
    await world.node.cluster.keys.create({ name, scopes: ['read'] })
    await world.clock.advance(10)
  }
  t.same(
    (await world.node.cluster.keys.list()).keys.map(({ name }) => name),
    ['b', 'a', 'c'],
  )
})

void t.test('events go on after an id that was told; one that was not is unknown', async (t) => {
  const world = await createWorld(t)
  await submitEcho(world)
  await submitEcho(world)
  const { events } = world.node.cluster
  const { last } = await events.after({ id: null, limit: 10 })
  t.match(await events.after({ id: last.id, limit: 10 }), { reset: null, events: [], more: false })
  const [epoch] = last.id.split('.')
  const first = await events.after({ id: `${epoch}.0`, limit: 1 })
  t.match(first, { reset: null, more: true, events: [{ sequence: 1 }] })
  t.match(await events.after({ id: `${epoch}.${last.sequence + 1}`, limit: 1 }), { reset: 'unknown', more: false })
  t.match(await events.after({ id: `${Number(epoch) + 1}.1`, limit: 1 }), { reset: 'unknown' })
})

void t.test('of equals the first by id gets the task, whoever came first', async (t) => {
  for (const ids of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const world = await createWorld(t)
    for (const device_id of ids) await world.connect({ device_id })
    const task_id = await submitEcho(world)
    t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { device_id: 'a' }, ids.join())
  }
})

void t.test('devices that were online when the node stopped are missed after its start', async (t) => {
  const world = await createWorld(t)
  await world.connect({ device_id: 'one' })
  await world.clock.advance(90_000_000)
  t.match((await world.node.cluster.status()).cluster_stats, { uptime: '1d 1h 0m' })
  const two = await world.connect({ device_id: 'two' })
  await world.restart()
  t.match((await world.node.cluster.status()).cluster_stats, { online_devices: 1, uptime: '0d 0h 0m' })
  t.equal(two.id, 'two')
  await world.clock.advance(301_000)
  t.match((await world.node.cluster.status()).cluster_stats, { online_devices: 0 })
})

void t.test('many devices and tasks at once: each has its outcome', async (t) => {
  const world = await createWorld(t)
  await world.connect({ device_id: 'one', tags: ['old'] })
  const { devices, tasks } = world.node.cluster
  const removed = await devices.batch({ device_ids: ['one', 'none'], remove: {} })
  t.match(removed, {
    outcomes: [
      { device_id: 'one', ok: true },
      { device_id: 'none', ok: false, code: 'DEVICE_NOT_FOUND' },
    ],
  })
  t.equal((await devices.list({})).total, 0)
  const { outcomes } = await tasks.retryBatch({ task_ids: ['task-none'] })
  t.match(outcomes, [{ outcome: 'refused', error: { code: 'TASK_NOT_FOUND', details: { task_id: 'task-none' } } }])
})
