import t from 'tap'
import type { AttemptRef } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type FakeDevice, submitEcho, type World } from './world.ts'

/** A device that says that it has started the task which it was given; nothing else happens. */
const begun = async (world: World): Promise<{ device: FakeDevice; task_id: string }> => {
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  const { epoch, attempt } = run
  device.session.started({ task_id, epoch, attempt })
  await settle()
  return { device, task_id }
}

const told = (world: World) => world.store.commits.flatMap(({ events }) => events.map(({ event }) => event.type))

void t.test('the start of a short task goes to the disk with its end, and each of them is told of', async (t) => {
  const world = await createWorld(t)
  const { device, task_id } = await begun(world)
  const written = world.store.commits.length
  t.notOk(told(world).includes('task_started'))
  const [run] = device.runs
  if (run !== undefined) await device.finish(run)
  t.equal(world.store.commits.length, written + 1)
  const ofTasks = told(world).filter((type) => type.startsWith('task_'))
  t.strictSame(ofTasks, ['task_created', 'task_assigned', 'task_started', 'task_completed'])
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'completed', started_at: String })
})

void t.test('that of a longer one is on the disk a moment later, though nothing else happens', async (t) => {
  const world = await createWorld(t)
  await begun(world)
  await world.clock.advance(19)
  t.notOk(told(world).includes('task_started'))
  await world.clock.advance(1)
  t.ok(told(world).includes('task_started'))
  const written = world.store.commits.length
  await world.clock.advance(100)
  t.equal(world.store.commits.length, written, 'once')
})

void t.test('who reads meanwhile sees it, and it is on the disk then', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await begun(world)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'running' })
  t.ok(told(world).includes('task_started'))
})

void t.test('before what an attempt says of itself its start is told', async (t) => {
  for (const word of [
    (device: FakeDevice, ref: AttemptRef) => device.session.output({ ...ref, offset: 0, text: 'hello' }),
    (device: FakeDevice, ref: AttemptRef) => device.session.progress({ ...ref, progress: 50, progress_message: null }),
  ]) {
    const world = await createWorld(t)
    const { device } = await begun(world)
    const [run] = device.runs
    if (run !== undefined) word(device, { task_id: run.task_id, epoch: run.epoch, attempt: run.attempt })
    await settle()
    t.ok(told(world).includes('task_started'))
  }
})

void t.test('an end tells of a start that was not told, when it was and before it', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  await world.clock.advance(5000)
  const [run] = device.runs
  if (run !== undefined) await device.finish(run, { execution_time_seconds: 2 })
  t.strictSame(told(world).slice(-4), ['task_started', 'log_entry', 'task_completed', 'log_entry'])
  const { created_at, started_at, attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.equal(Date.parse(started_at ?? '') - Date.parse(created_at), 3000)
  t.match(attempts, [{ started_at, outcome: 'completed' }])
})

void t.test('that is never before the device was given it, whatever its clock says', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run !== undefined) await device.finish(run, { execution_time_seconds: 1e6 })
  const { started_at, attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.equal(started_at, attempts[0]?.assigned_at)
})

void t.test('of an attempt that never ran no start is told', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  await submitEcho(world)
  const [run] = device.runs
  const error = { code: 'TASK_ERROR', message: 'its files could not be fetched' } as const
  if (run !== undefined)
    await device.finish(run, { outcome: 'failed', error, result: null, execution_time_seconds: null })
  t.notOk(told(world).includes('task_started'))
})

void t.test('the start of a task that was cancelled meanwhile is told to nobody', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await begun(world)
  const cancelled = world.node.cluster.tasks.cancel({ task_id })
  await world.clock.advance(20)
  t.match(await cancelled, { cancelled_task: task_id })
  t.strictSame(told(world).slice(-2), ['task_cancelled', 'log_entry'])
})

void t.test(
  'who looks before they change something stands with that in the audit log, not with the start',
  async (t) => {
    const world = await createWorld(t)
    const { task_id } = await begun(world)
    const { acting, tasks, audit } = world.node.cluster
    const deed = {
      key_id: 'key-1',
      address: '192.0.2.1',
      operation: 'cancelTask',
      target: null,
      target_at: '/cancelled_task',
      outcome: 200,
      details: {},
    }
    await acting(deed, () => tasks.cancel({ task_id }))
    t.match((await audit.list({})).entries, [{ operation: 'cancelTask', target: task_id }])
    const commit = world.store.commits.find((each) => each.audit.length > 0)
    t.equal(commit?.tasks[0]?.task.status, 'cancelled')
  },
)

void t.test('a node that stops writes it first', async (t) => {
  const world = await createWorld(t)
  await begun(world)
  await world.node.stop()
  t.ok(told(world).includes('task_started'))
})

void t.test('where the node dies before that, the device tells of it again', async (t) => {
  const world = await createWorld(t)
  const { device, task_id } = await begun(world)
  await world.restart()
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'pending' })
  const { id, credential, runs } = device
  const back = await world.connect({ device_id: id, credential, running: runs })
  t.strictSame([back.runs, back.abandon], [[], []])
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'running', attempt: 1 })
})

void t.test('a device that goes away at once has started it all the same', async (t) => {
  const world = await createWorld(t)
  const { device, task_id } = await begun(world)
  await device.drop()
  await world.clock.advance(400_000)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), {
    attempts: [{ outcome: 'lost', started_at: String }],
  })
})
