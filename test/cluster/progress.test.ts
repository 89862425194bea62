import t from 'tap'
import type { AttemptRef, FinishedParams } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type FakeDevice, submitEcho, type World } from './world.ts'

const tell = (device: FakeDevice, { task_id, epoch, attempt }: AttemptRef, progress: number, message?: string) =>
  device.session.progress({ task_id, epoch, attempt, progress, progress_message: message ?? null })

/** What the detail and the listing of a task say of its progress; they must say the same. */
const shown = async ({ node }: World, task_id: string) => {
  const { progress, progress_message } = await node.cluster.tasks.get({ task_id, wait: 0 })
  const { tasks } = await node.cluster.tasks.list({})
  const listed = tasks.find((task) => task.task_id === task_id)
  t.match(listed, { progress, progress_message }, 'the listing says the same')
  return [progress, progress_message]
}

/** A task that runs on a device. */
const running = async (world: World, change: object = {}) => {
  const device = await world.connect()
  const task_id = await submitEcho(world, change)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  return { device, task_id, run }
}

void t.test('a task that says nothing of its progress has none, also when it has completed', async (t) => {
  const world = await createWorld(t)
  const { device, task_id, run } = await running(world)
  t.same(await shown(world, task_id), [null, null])
  await device.finish(run)
  t.same(await shown(world, task_id), [null, null])
})

void t.test(
  'what a task says last is shown while it runs, nothing is written for it, and it is kept with the end',
  async (t) => {
    const world = await createWorld(t)
    const { device, task_id, run } = await running(world)
    const written = world.store.commits.length
    tell(device, run, 12.5, 'reading')
    t.same(await shown(world, task_id), [12.5, 'reading'])
    tell(device, run, 40)
    t.same(await shown(world, task_id), [40, null], 'a report without a message takes the one before away')
    t.equal(world.store.commits.length, written)
    await device.finish(run)
    t.same(await shown(world, task_id), [40, null], 'its own word stands: completed or not, the status says')
    await world.restart()
    t.same(await shown(world, task_id), [40, null])
  },
)

void t.test('how far a task was that failed, was cancelled, or went down with its device is kept', async (t) => {
  const ends: ((world: World, device: FakeDevice, task_id: string, run: AttemptRef) => Promise<unknown>)[] = [
    (_world, device, _task_id, run) => {
      const error = { code: 'TASK_ERROR', message: 'no' }
      return device.session.finished({ ...failed, ...run, error })
    },
    ({ node }, _device, task_id) => node.cluster.tasks.cancel({ task_id }),
    (world, device) => device.drop().then(() => world.clock.advance(60_000)),
  ]
  for (const end of ends) {
    const world = await createWorld(t)
    const {
      device,
      task_id,
      run: { epoch, attempt },
    } = await running(world, { on_device_lost: 'fail' })
    tell(device, { task_id, epoch, attempt }, 73, 'page 73')
    await end(world, device, task_id, { task_id, epoch, attempt })
    await settle()
    t.same(await shown(world, task_id), [73, 'page 73'])
  }
})

const failed: Omit<FinishedParams, keyof AttemptRef> = {
  outcome: 'failed',
  result: null,
  error: null,
  execution_time_seconds: 1,
  resource_usage: null,
}

void t.test('the end of an attempt bears its last word, which a connection may have lost', async (t) => {
  const world = await createWorld(t)
  const { device, task_id, run } = await running(world)
  tell(device, run, 50, 'half')
  await device.finish(run, { progress: { progress: 98, progress_message: null } })
  t.same(await shown(world, task_id), [98, null])
})

void t.test('another attempt begins with nothing said, and one that is superseded changes nothing', async (t) => {
  const world = await createWorld(t)
  const { device, task_id, run } = await running(world, { max_retries: 1 })
  tell(device, run, 90, 'nearly')
  const progress = { progress: 90, progress_message: 'nearly' }
  await device.finish(run, { ...failed, progress, error: { code: 'TASK_ERROR', message: 'no' } })
  t.same(await shown(world, task_id), [null, null], 'while it waits')
  await world.clock.advance(60_000)
  const [again] = device.runs
  if (again === undefined) throw new Error('the device did not get the task again')
  await device.start(again)
  t.same(await shown(world, task_id), [null, null], 'while it runs anew')
  tell(device, run, 95)
  t.same(await shown(world, task_id), [null, null])
  tell(device, again, 5)
  t.same(await shown(world, task_id), [5, null])
  const other = await world.connect()
  tell(other, again, 50)
  t.same(await shown(world, task_id), [5, null], 'nor does a device that does not hold it')
})

void t.test('after a restart of the node nothing is known until the device says it again', async (t) => {
  const world = await createWorld(t)
  const { device, task_id, run } = await running(world)
  tell(device, run, 60)
  await world.restart()
  t.same(await shown(world, task_id), [null, null])
  const { epoch, attempt } = run
  const back = await world.connect({ credential: device.credential, running: [{ task_id, epoch, attempt }] })
  tell(back, run, 60)
  t.same(await shown(world, task_id), [60, null])
})
