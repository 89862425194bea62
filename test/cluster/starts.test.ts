import t from 'tap'
import type { AttemptRef } from '../../schemas/index.ts'
import { attemptOf, begun, ofTasks, refOf, told } from './begun.ts'
import { settle } from './fake-clock.ts'
import { createWorld, endOf, type FakeDevice, submitEcho, type World } from './world.ts'

void t.test('the start of a short task goes to the disk with its end, and each of them is told of', async (t) => {
  const world = await createWorld(t)
  const { device, task_id } = await begun(world)
  const written = world.store.commits.length
  t.notOk(told(world).includes('task_started'))
  const [run] = device.runs
  if (run !== undefined) await device.finish(run)
  t.equal(world.store.commits.length, written + 1)
  t.strictSame(ofTasks(world), ['task_created', 'task_assigned', 'task_started', 'task_completed'])
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
    if (run !== undefined) word(device, refOf(run))
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
  const error = { code: 'TASK_ERROR', message: 'its files could not be fetched' } as const
  for (const end of [
    { outcome: 'failed', execution_time_seconds: null },
    { outcome: 'rejected', execution_time_seconds: 0 },
  ] as const) {
    const world = await createWorld(t)
    const device = await world.connect()
    await submitEcho(world)
    const [run] = device.runs
    if (run !== undefined) await device.finish(run, { ...end, error, result: null })
    t.notOk(told(world).includes('task_started'), end.outcome)
  }
})

void t.test('what another attempt says of itself is no reason to keep a start', async (t) => {
  const world = await createWorld(t)
  const { device } = await begun(world)
  const [run] = device.runs
  if (run !== undefined) device.session.output({ ...refOf(run), attempt: 7, offset: 0, text: 'hello' })
  await settle()
  t.notOk(told(world).includes('task_started'))
})

void t.test('who cancels sees what has started a moment ago', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await begun(world)
  t.match(await world.node.cluster.tasks.cancel({ task_id }), { cancelled_task: task_id, was_running: true })
  t.strictSame(ofTasks(world), ['task_created', 'task_assigned', 'task_started', 'task_cancelled'])
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

void t.test('and where it cannot, it tries no more', async (t) => {
  const world = await createWorld(t)
  await begun(world)
  world.store.fault = 'full'
  await world.node.stop()
  world.store.fault = undefined
  await world.clock.advance(5000)
  t.notOk(told(world).includes('task_started'))
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

void t.test('what takes a device away within a moment finds its task started', async (t) => {
  type Away = readonly [outcome: string | null, act: (world: World, device: FakeDevice) => unknown]
  const ways: Readonly<Record<string, Away>> = {
    'it says goodbye': ['returned', (_world, device) => device.session.goodbye()],
    'it comes back without it': ['lost', (world, { credential }) => world.connect({ credential, session: null })],
    'its connection is gone': [null, (_world, device) => device.session.closed('device')],
  }
  for (const [how, [outcome, act]] of Object.entries(ways)) {
    const world = await createWorld(t)
    const { device, task_id } = await begun(world)
    device.answers = false
    await act(world, device)
    await settle()
    t.ok(ofTasks(world).includes('task_started'), how)
    await world.clock.advance(100)
    const { attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
    t.match(attempts[0], { started_at: String, outcome }, how)
  }
})

void t.test('who cancels many, or removes a device, sees what has started a moment ago', async (t) => {
  const many = await createWorld(t)
  const { task_id } = await begun(many)
  t.match(await many.node.cluster.tasks.cancelBatch({ task_ids: [task_id] }), { outcomes: [{ was_running: true }] })
  for (const remove of [
    ({ node }: World, device_id: string) => node.cluster.devices.remove({ device_id, force: true }),
    ({ node }: World, id: string) => node.cluster.devices.batch({ device_ids: [id], remove: { force: true } }),
  ]) {
    const world = await createWorld(t)
    const { device, task_id: its } = await begun(world)
    await remove(world, device.id)
    t.match(await attemptOf(world, its), { outcome: 'cancelled', started_at: String })
  }
})

void t.test('the end of another attempt, and of another device, leaves a start alone', async (t) => {
  const world = await createWorld(t)
  const { device, task_id } = await begun(world)
  const other = await world.connect({ credential: 'b'.repeat(43), device_id: 'other' })
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  const end = { outcome: 'cancelled', result: null } as const
  await other.session.finished(endOf(run, end))
  await other.session.finished(endOf({ ...run, attempt: 7 }, end))
  await device.session.finished(endOf({ ...run, attempt: 7 }, end))
  await world.clock.advance(20)
  t.match(await attemptOf(world, task_id), { outcome: null, started_at: String })
  t.ok(ofTasks(world).includes('task_started'))
})
