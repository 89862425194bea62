import t from 'tap'
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
