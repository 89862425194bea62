import t from 'tap'
import type { TaskAttempt } from '../../schemas/index.ts'
import { felledBy, poisonReason } from '../../src/cluster/poison.ts'
import { createWorld, endOf, type FakeDevice, idle, submitEcho, type World } from './world.ts'

const runOf = ({ id, runs }: FakeDevice) => {
  const [run] = runs
  if (run === undefined) throw new Error(`${id} has no task`)
  return run
}

/** A device gets the task, starts it, and is cut off so long afterwards. */
const fell = async (world: World, device_id: string, seconds: number) => {
  const device = await world.connect({ device_id })
  await device.start(runOf(device))
  await world.clock.advance(seconds * 1000)
  await device.drop()
  // One death a threshold: more at once would be a router that restarts.
  await world.clock.advance(400_000)
}

void t.test(
  'a task under which three devices went away within a minute is failed, not given to a fourth',
  async (t) => {
    const world = await createWorld(t)
    const task_id = await submitEcho(world)
    const get = () => world.node.cluster.tasks.get({ task_id, wait: 0 })
    await fell(world, 'one', 5)
    await fell(world, 'two', 59)
    t.match(await get(), { status: 'pending' })
    await fell(world, 'three', 0.5)
    const fourth = await world.connect({ device_id: 'four' })
    t.equal(fourth.runs.length, 0)
    const task = await get()
    t.match(task, {
      status: 'failed',
      error: {
        code: 'DEVICE_LOST',
        message: /^3 devices went away .*\(one after 5\.0 s, two after 59\.0 s, three after 0\.5 s\)/,
      },
      attempts: [
        {
          device_id: 'one',
          outcome: 'lost',
          started_at: '2026-11-24T12:00:00.000Z',
          ended_at: '2026-11-24T12:00:05.000Z',
        },
        { device_id: 'two', outcome: 'lost', error: { code: 'DEVICE_LOST' } },
        { device_id: 'three', outcome: 'lost' },
      ],
    })
  },
)

void t.test('a device that went away later, or twice, says nothing against the task', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world)
  const get = () => world.node.cluster.tasks.get({ task_id, wait: 0 })
  await fell(world, 'one', 5)
  await fell(world, 'late', 61)
  await fell(world, 'two', 5)
  t.match(await get(), { status: 'pending' })
  const { attempts } = await get()
  t.same(
    felledBy(attempts).map(({ device_id }) => device_id),
    ['one', 'two'],
  )
  const again = attempts.map((attempt) => ({ ...attempt, device_id: 'one' }))
  t.equal(poisonReason([...again, ...again]), undefined, 'one device, however often')
})

void t.test('a restart of the worker counts as going away, a goodbye does not', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world)
  const get = () => world.node.cluster.tasks.get({ task_id, wait: 0 })
  for (const device_id of ['one', 'two', 'three']) {
    const device = await world.connect({ device_id })
    await device.start(runOf(device))
    device.session.goodbye()
    await world.clock.advance(2000)
  }
  t.match(await get(), { status: 'pending' })
  for (const device_id of ['four', 'five', 'six']) {
    const device = await world.connect({ device_id })
    await device.start(runOf(device))
    await device.drop()
    const { credential } = device
    const back = await world.connect({
      device_id,
      credential,
      offer: { slots: 1, task_types: [], allow: [], custom_types: [] },
    })
    t.equal(back.runs.length, 0)
  }
  t.match(await get(), { status: 'failed', error: { code: 'DEVICE_LOST', message: /six after/ } })
})

void t.test('what a device was last heard of is when its attempt ended, whenever that is noticed', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'one' })
  const task_id = await submitEcho(world)
  await device.start(runOf(device))
  await world.clock.advance(30_000)
  device.session.heartbeat(idle)
  await world.clock.advance(300_001)
  const { attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.match(attempts, [{ outcome: 'lost', ended_at: '2026-11-24T12:00:30.000Z' }])
  const second = await world.connect({ device_id: 'two' })
  await second.start(runOf(second))
  world.clock.jump(-7_200_000)
  await second.drop()
  await world.clock.advance(31_000)
  const after = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.match(after.attempts[1], { device_id: 'two', outcome: 'lost' })
  t.same(felledBy(after.attempts.slice(1)), [], 'nothing is made up where the clock jumped')
})

void t.test('an attempt that a device brings back is lost no more', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'one' })
  const task_id = await submitEcho(world)
  const run = runOf(device)
  await device.start(run)
  await device.drop()
  await world.clock.advance(31_000)
  const { credential } = device
  const back = await world.connect({ device_id: 'one', credential, running: [{ ...endOf(run) }] })
  await back.session.finished(endOf(run))
  const { attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.match(attempts, [{ outcome: 'completed' }])
})

void t.test('cancelling a task that waits leaves the history of its attempts as it was', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ device_id: 'one' })
  const task_id = await submitEcho(world, { max_retries: 1 })
  await device.finish(runOf(device), { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'broken' } })
  await world.node.cluster.tasks.cancel({ task_id })
  const { status, attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.equal(status, 'cancelled')
  const [attempt] = attempts as [TaskAttempt]
  t.match(attempt, { outcome: 'failed', error: { code: 'TASK_ERROR' } })
})
