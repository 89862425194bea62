/** Whole stories, as the events and the log tell them: nothing more, nothing less, and in this order. */
import t, { type Test } from 'tap'
import { storyOf, taskLogOf } from './story.ts'
import { createWorld, type FakeDevice, idle, submitEcho, type World } from './world.ts'

const failed = { outcome: 'failed', result: null, error: { code: 'TASK_ERROR', message: 'broken' } } as const
const rejected = { outcome: 'rejected', result: null, error: null } as const

const runOf = ({ id, runs }: FakeDevice) => {
  const [run] = runs
  if (run === undefined) throw new Error(`${id} has no task`)
  return run
}

const refOf = ({ task_id, epoch, attempt }: FakeDevice['runs'][number]) => ({ task_id, epoch, attempt })

/** Lets time pass, with a heartbeat of each device every second. */
const live = async (world: World, seconds: number, ...devices: FakeDevice[]) => {
  for (let n = 0; n < seconds; n += 1) {
    for (const { session } of devices) session.heartbeat(idle)
    await world.clock.advance(1000)
  }
}

/** A cluster whose thresholds are short. */
const impatient = (t: Test) =>
  createWorld(t, { cluster: { heartbeat_interval: 1, offline_threshold: 5, reconnect_grace: 2 } })

const stories: Record<string, (t: Test) => Promise<World>> = {
  'a task that fails is tried again, and ends': async (t) => {
    const world = await createWorld(t)
    const one = await world.connect({ device_id: 'one' })
    await submitEcho(world, { max_retries: 1 })
    await one.start(runOf(one))
    await world.clock.advance(1000)
    await one.finish(runOf(one), failed)
    await world.clock.advance(2000)
    await one.start(runOf(one))
    await one.finish(runOf(one))
    await submitEcho(world, { max_retries: 0 })
    await one.finish(runOf(one), failed)
    return world
  },
  'the task of a lost device goes to another, and its end there alone counts': async (t) => {
    const world = await impatient(t)
    const one = await world.connect({ device_id: 'one' })
    await submitEcho(world)
    const lost = runOf(one)
    await one.start(lost)
    const two = await world.connect({ device_id: 'two' })
    await one.drop()
    await live(world, 3, two)
    await two.finish(runOf(two))
    const back = await world.connect({ device_id: 'one', credential: one.credential, running: [refOf(lost)] })
    await back.session.finished({
      ...refOf(lost),
      outcome: 'completed',
      result: null,
      error: null,
      execution_time_seconds: 2,
      resource_usage: null,
    })
    return world
  },
  'a device that comes back before anybody has its task goes on with it': async (t) => {
    const world = await impatient(t)
    const one = await world.connect({ device_id: 'one' })
    await submitEcho(world)
    const run = runOf(one)
    await one.start(run)
    await live(world, 1, one)
    await world.clock.advance(8000)
    const back = await world.connect({ device_id: 'one', credential: one.credential, running: [refOf(run)] })
    await back.finish(run)
    return world
  },
  'what a worker lost when it restarted is failed or given out again, as the task asked': async (t) => {
    const world = await createWorld(t)
    const one = await world.connect({ device_id: 'one' })
    await submitEcho(world, { on_device_lost: 'fail' })
    await submitEcho(world)
    await one.start(runOf(one))
    await one.drop()
    const back = await world.connect({ device_id: 'one', credential: one.credential })
    await back.start(runOf(back))
    back.session.goodbye()
    await world.clock.advance(10)
    return world
  },
  'a task that every device rejects is failed': async (t) => {
    const world = await createWorld(t)
    const one = await world.connect({ device_id: 'one' })
    const two = await world.connect({ device_id: 'two' })
    await submitEcho(world)
    await one.finish(runOf(one), { ...rejected, error: { code: 'TASK_REJECTED', message: 'no echo here' } })
    await two.finish(runOf(two), rejected)
    return world
  },
  'what is cancelled, drained or removed says so': async (t) => {
    const world = await createWorld(t)
    const { tasks, devices, config } = world.node.cluster
    const one = await world.connect({ device_id: 'one' })
    const running = await submitEcho(world)
    await one.start(runOf(one))
    const pending = await submitEcho(world, { queue_if_unavailable: true, device_id: 'one' })
    await submitEcho(world, { device_id: 'one' })
    await tasks.cancel({ task_id: running })
    await devices.update({ device_id: 'one', patch: { schedulable: false, tags: ['old'] } })
    await tasks.cancel({ task_id: pending })
    await config.update({ patch: { cluster: { heartbeat_interval: 7 } }, expected_tag: null })
    await devices.remove({ device_id: 'one', force: true })
    return world
  },
  'most of the cluster vanishes, and half of that comes back': async (t) => {
    const world = await impatient(t)
    const devices: FakeDevice[] = []
    for (const device_id of ['one', 'two', 'three']) {
      devices.push(await world.connect({ device_id }))
      await submitEcho(world, { device_id })
    }
    for (const device of devices) await device.drop()
    await world.clock.advance(7000)
    const [one] = devices
    if (one === undefined) throw new Error('there is no first device')
    const back = await world.connect({ device_id: 'one', credential: one.credential, running: one.runs.map(refOf) })
    await live(world, 4, back)
    return world
  },
  'a device that fails what others complete proves itself': async (t) => {
    const world = await createWorld(t)
    const good = await world.connect({ device_id: 'good' })
    const bad = await world.connect({ device_id: 'bad' })
    await submitEcho(world, { device_id: 'good' })
    await good.finish(runOf(good))
    for (let n = 0; n < 5; n += 1) {
      await submitEcho(world, { device_id: 'bad', max_retries: 0 })
      await bad.finish(runOf(bad), failed)
    }
    await submitEcho(world, { device_id: 'bad' })
    await live(world, 61, good, bad)
    await bad.finish(runOf(bad))
    return world
  },
  'a second worker with the same credential is refused': async (t) => {
    const world = await createWorld(t)
    const { credential } = await world.connect({ device_id: 'one' })
    await t.rejects(world.connect({ device_id: 'one', credential, session: null }), { code: 'PERMISSION_DENIED' })
    return world
  },
}

for (const [name, play] of Object.entries(stories))
  void t.test(name, async (t) => {
    const world = await play(t)
    t.matchSnapshot((await storyOf(world)).join('\n'), 'events and log')
    t.matchSnapshot((await taskLogOf(world)).join('\n'), 'the log of each task')
  })
