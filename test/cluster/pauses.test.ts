import t from 'tap'
import type { EventOf, OwnerPolicy } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type FakeDevice, helloOf, idle, submitEcho, type World } from './world.ts'

const { offer } = helloOf()

const paused = { reason: 'battery', message: 'It is on battery with 15 %; below 20 % it takes nothing.' }
const pause = async (device: FakeDevice, how = paused) => {
  device.session.heartbeat({ ...idle, paused: how })
  await settle()
}
const resume = async (device: FakeDevice) => {
  device.session.heartbeat(idle)
  await settle()
}
const detail = ({ node }: World, device_id: string) => node.cluster.devices.get({ device_id })
const reason = async ({ node }: World, task_id: string) =>
  (await node.cluster.tasks.get({ task_id, wait: 0 })).pending_reason
const lines = async ({ node }: World) =>
  (await node.cluster.logs.list({ level: 'info', device_id: 'phone' })).logs
    .map(({ message }) => message)
    .filter((message) => message.includes('takes'))

void t.test(
  'a device that pauses gets nothing from that moment on, and says why, until it takes tasks again',
  async (t) => {
    const world = await createWorld(t)
    const phone = await world.connect({ device_id: 'phone' })
    await pause(phone)
    const task_id = await submitEcho(world)
    t.strictSame(phone.runs, [])
    t.match(await reason(world, task_id), {
      code: 'devices_paused',
      message: `phone takes no tasks now. ${paused.message}`,
    })
    const { paused: shown } = await detail(world, 'phone')
    t.strictSame(shown, { ...paused, since: '2026-11-24T12:00:00.000Z' })
    t.match(await world.node.cluster.tasks.placement({ task_id }), {
      devices: [{ device_id: 'phone', fits: false, reason: { code: 'paused', message: /It is on battery with 15 %/ } }],
    })
    t.match(await world.node.cluster.devices.list({}), { online: 1, devices: [{ id: 'phone', paused: shown }] })

    await resume(phone)
    t.match(phone.runs, [{ task_id }], 'at once, without another event')
    t.equal((await detail(world, 'phone')).paused, null)
  },
)

void t.test('what it says in its hello counts as well, and what another device can run goes there', async (t) => {
  const world = await createWorld(t)
  const phone = await world.connect({ device_id: 'phone', telemetry: { ...idle, paused } })
  const task_id = await submitEcho(world)
  t.match(await reason(world, task_id), { code: 'devices_paused' })
  const laptop = await world.connect({ device_id: 'laptop' })
  t.match(laptop.runs, [{ task_id }])
  t.strictSame(phone.runs, [])
})

void t.test(
  'a pause is nearer to running a task than a drain, and farther than a probation or a slot that is taken',
  async (t) => {
    const world = await createWorld(t)
    await pause(await world.connect({ device_id: 'phone' }))
    await world.connect({ device_id: 'drained' })
    await world.node.cluster.devices.update({ device_id: 'drained', patch: { schedulable: false } })
    const task_id = await submitEcho(world)
    t.match(await reason(world, task_id), { code: 'devices_paused' })
    const busy = await world.connect({ device_id: 'busy', offer: { ...offer, slots: 1 } })
    t.match(busy.runs, [{ task_id }])
    t.match(await reason(world, await submitEcho(world)), { code: 'devices_busy' })
  },
)

void t.test(
  'since is when it began for that reason, whatever is said of it meanwhile; the log tells both ends',
  async (t) => {
    const world = await createWorld(t)
    const phone = await world.connect({ device_id: 'phone' })
    await pause(phone)
    await world.clock.advance(30_000)
    await pause(phone, { ...paused, message: 'It is on battery with 14 %; below 20 % it takes nothing.' })
    t.match((await detail(world, 'phone')).paused, { message: /14 %/, since: '2026-11-24T12:00:00.000Z' })
    await pause(phone, { reason: 'hours', message: 'Its hours are over.' })
    t.match((await detail(world, 'phone')).paused, { reason: 'hours', since: '2026-11-24T12:00:30.000Z' })
    await resume(phone)
    t.strictSame(await lines(world), [
      'device phone takes tasks again',
      'device phone takes no tasks now. Its hours are over.',
      `device phone takes no tasks now. ${paused.message}`,
    ])
  },
)

void t.test('the stream tells a pause with the telemetry that brought it', async (t) => {
  const world = await createWorld(t)
  const phone = await world.connect({ device_id: 'phone' })
  const told: EventOf<'device_update'>['paused'][] = []
  world.node.cluster.events.listen(({ event }) => {
    if (event.type === 'device_update') told.push(event.paused)
  })
  await pause(phone)
  await resume(phone)
  t.match(told, [paused, null])
})

void t.test(
  'what a device hands back as it stops goes to another at once, counted as nothing, and never back to it',
  async (t) => {
    const world = await createWorld(t)
    const phone = await world.connect({ device_id: 'phone' })
    const task_id = await submitEcho(world, { max_retries: 0 })
    const [run] = phone.runs
    if (run === undefined) throw new Error('it has no task')
    await phone.start(run)
    await pause(phone, { reason: 'stopping', message: 'Its worker is told to stop.' })
    await phone.finish(run, { outcome: 'returned', result: null, execution_time_seconds: 2 })
    await world.clock.advance(5000)
    t.strictSame(phone.runs, [])
    t.match(await reason(world, task_id), { code: 'devices_paused' })
    const laptop = await world.connect({ device_id: 'laptop' })
    const [again] = laptop.runs
    t.match(again, { task_id, attempt: 2 })
    t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
      retries: 0,
      attempts: [{ device_id: 'phone', outcome: 'returned' }, { device_id: 'laptop' }],
    })
    t.match(await detail(world, 'phone'), { tasks: { failed: 0 } })
  },
)

void t.test('a device that is offline is no longer paused, and one that comes back says it anew', async (t) => {
  const world = await createWorld(t)
  const { credential, ...phone } = await world.connect({ device_id: 'phone' })
  phone.session.heartbeat({ ...idle, paused })
  phone.session.goodbye()
  await settle()
  t.match(await detail(world, 'phone'), { status: 'offline', paused: null })
  await world.connect({ device_id: 'phone', credential, join_token: null })
  t.match(await detail(world, 'phone'), { status: 'online', paused: null })
})

const policy: OwnerPolicy = {
  only_charging: true,
  min_battery_percent: 30,
  max_temperature_celsius: 42,
  max_cpu_percent: 50,
  max_memory_gb: 2,
  hours: '22:00-07:00',
  pause_when_used: false,
}

void t.test(
  'the policy of its owner stands in its detail, over a restart of the node too; an older worker tells none',
  async (t) => {
    const world = await createWorld(t)
    await world.connect({ device_id: 'phone', offer: { ...offer, policy } })
    await world.connect({ device_id: 'old' })
    t.strictSame((await detail(world, 'phone')).policy, policy)
    t.equal((await detail(world, 'old')).policy, null)
    await world.restart()
    t.strictSame((await detail(world, 'phone')).policy, policy)
  },
)

void t.test('memory that its owner keeps is none that a task can require', async (t) => {
  const world = await createWorld(t)
  await world.connect({ device_id: 'phone', offer: { ...offer, policy } })
  const submission = { task_type: 'echo', payload: {}, requirements: { min_memory_gb: 4 } }
  await t.rejects(world.node.cluster.tasks.submit({ submission, wait: 0 }), { code: 'INSUFFICIENT_RESOURCES' })
  await submitEcho(world, { requirements: { min_memory_gb: 2 } })
})
