import t from 'tap'
import type { TaskPlacement } from '../../schemas/index.ts'
import { createWorld, helloOf, idle, submitEcho, type World } from './world.ts'

const { offer, profile } = helloOf()

const placementOf = (world: World, task_id: string) => world.node.cluster.tasks.placement({ task_id })
const codesOf = ({ devices }: TaskPlacement) =>
  Object.fromEntries(devices.map(({ device_id, reason }) => [device_id, reason.code]))

void t.test('for a task that waits, every device says why it does not get it', async (t) => {
  const world = await createWorld(t)
  const idleOne = { slots: 1, task_types: ['echo'], allow: [], custom_types: [] }
  const battery = { level: 20, charging: false }
  const capable = { profile: { ...profile, capabilities: ['lens'] } }
  await world.connect({ ...capable, device_id: 'busy', offer: idleOne })
  await submitEcho(world, { device_id: 'busy' })
  await world.connect({ ...capable, device_id: 'flat', telemetry: { ...idle, battery } })
  await world.connect({ ...capable, device_id: 'drained' })
  await world.connect({ device_id: 'small' })
  await world.connect({ ...capable, device_id: 'other', offer: { ...offer, task_types: ['sleep'] } })
  const gone = await world.connect({ ...capable, device_id: 'gone' })
  const silent = await world.connect({ ...capable, device_id: 'silent' })
  gone.session.goodbye()
  await silent.drop()
  await world.node.cluster.devices.update({ device_id: 'drained', patch: { schedulable: false } })
  const requirements = { capabilities: ['lens'], min_battery_percent: 50 }
  const task_id = await submitEcho(world, { requirements })
  const placement = await placementOf(world, task_id)
  t.same(codesOf(placement), {
    busy: 'busy',
    flat: 'not_now',
    drained: 'drained',
    silent: 'silent',
    gone: 'offline',
    small: 'requirement_unmet',
    other: 'type_not_offered',
  })
  t.same(
    placement.devices.map(({ device_id }) => device_id),
    ['busy', 'flat', 'drained', 'silent', 'gone', 'small', 'other'],
    'the nearest to running it first',
  )
  t.match(placement, { task_id, status: 'pending', device_id: null, pending_reason: { code: 'devices_busy' } })
  const [first, second] = placement.devices
  t.equal(first?.score_points?.free_slots, 0)
  t.ok((first?.score ?? 0) > 0 && (second?.score ?? 0) > 0, 'those that could run it have a score')
  t.same(
    placement.devices.filter(({ score }) => score === null).map(({ device_id }) => device_id),
    ['small', 'other'],
    'those that never could have none',
  )
  t.match(placement.devices[5]?.reason.message, /capabilities/)
  for (const { fits, reason } of placement.devices) {
    t.equal(fits, false)
    t.ok(reason.message.length > 10, reason.message)
  }
})

void t.test('a pending reason is that of the device which is nearest to running the task', async (t) => {
  const world = await createWorld(t)
  const battery = { level: 20, charging: false }
  const flat = await world.connect({ device_id: 'flat', telemetry: { ...idle, battery } })
  const task_id = await submitEcho(world, { requirements: { charging: true } })
  const reason = async () => (await world.node.cluster.tasks.get({ task_id, wait: 0 })).pending_reason?.code
  t.equal(await reason(), 'no_fitting_device')
  const { update } = world.node.cluster.devices
  await update({ device_id: 'flat', patch: { schedulable: false } })
  t.equal(await reason(), 'devices_drained', 'whatever else it lacks')
  await flat.drop()
  t.equal(await reason(), 'devices_offline')
  await world.connect({ device_id: 'other', offer: { ...offer, task_types: ['sleep'] } })
  t.equal(await reason(), 'devices_offline', 'a device that never could changes nothing')
})

void t.test('for a task that is given out or final, the device that has it or ran it stands out', async (t) => {
  const world = await createWorld(t)
  const one = await world.connect({ device_id: 'one' })
  await world.connect({ device_id: 'two' })
  const task_id = await submitEcho(world)
  t.match(await placementOf(world, task_id), {
    device_id: 'one',
    pending_reason: { code: 'assigned' },
    devices: [
      { device_id: 'one', fits: true, reason: { code: 'has_it' } },
      { device_id: 'two', fits: true, reason: { code: 'fits' } },
    ],
  })
  const [run] = one.runs
  if (run === undefined) throw new Error('the device got no task')
  await one.start(run)
  t.match(await placementOf(world, task_id), { status: 'running', device_id: 'one', pending_reason: null })
  await one.finish(run)
  t.match(await placementOf(world, task_id), {
    status: 'completed',
    device_id: 'one',
    devices: [
      { device_id: 'one', fits: false, reason: { code: 'ran_it' }, score: null, score_points: null },
      { device_id: 'two', fits: false, reason: { code: 'task_final' }, score: null },
    ],
  })
  await t.rejects(placementOf(world, 'task-none'), { code: 'TASK_NOT_FOUND' })
})

void t.test('of those that fit, the first in the placement gets the task', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world, { requirements: { role: 'mobile' } })
  const hot = { ...idle, temperature_celsius: 48 }
  await world.connect({ device_id: 'a-hot', role: 'mobile', telemetry: hot })
  const first = await placementOf(world, task_id)
  t.equal(first.devices[0]?.reason.code, 'has_it', 'alone it gets it')
  await world.connect({ device_id: 'b-cool', role: 'mobile' })
  const next = await submitEcho(world, { requirements: { role: 'mobile' } })
  t.match(await world.node.cluster.tasks.get({ task_id: next, wait: 0 }), { device_id: 'b-cool' })
  const { devices } = await placementOf(world, next)
  const scores = new Map(devices.map(({ device_id, score }) => [device_id, score ?? 0]))
  t.ok((scores.get('b-cool') ?? 0) > (scores.get('a-hot') ?? 0))
})
