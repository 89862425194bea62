/** Where a device and its node must agree on what the device has: reconnects, silence, a full disk. */
import t, { type Test } from 'tap'
import { StoreError } from '../../src/cluster/ports/store.ts'
import { createWorld, endOf, type FakeDevice, helloOf, submitEcho, type World } from './world.ts'
import { settle } from './fake-clock.ts'

const one = { slots: 1, task_types: ['echo'], allow: [], custom_types: [] }

const runOf = ({ id, runs }: FakeDevice) => {
  const [run] = runs
  if (run === undefined) throw new Error(`${id} has no task`)
  return run
}

const refusedByFullDisk = async (t: Test, world: World, act: () => Promise<unknown>) => {
  world.store.fault = 'full'
  await t.rejects(act(), { code: 'STORAGE_FULL' })
  await settle()
  world.store.fault = undefined
}

void t.test('a device that was silent for too long gets nothing on top of what it still runs', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: one })
  await submitEcho(world)
  const run = runOf(device)
  await device.start(run)
  await world.clock.advance(300_001)
  const { id, credential } = device
  const back = await world.connect({ device_id: id, credential, offer: one, running: [run] })
  t.equal(back.runs.length, 0)
  t.match(await world.node.cluster.tasks.get({ task_id: run.task_id, wait: 0 }), { status: 'running', attempt: 1 })
})

void t.test('a device that cannot be put offline for want of room is tried again a second later', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const { commit } = world.store
  let refused = 0
  // A node that tries again at once would never let the clock go on.
  world.store.commit = (changes) => {
    if (refused === 20) return commit(changes)
    refused += 1
    return Promise.reject(new StoreError('full', 'ordered by the test'))
  }
  await world.clock.advance(305_000)
  t.ok(refused > 0 && refused < 20, `${refused} tries in five seconds`)
  refused = 20
  await world.clock.advance(1000)
  t.match(await world.node.cluster.devices.get({ device_id: device.id }), { status: 'offline' })
})

void t.test('what waits is not given to a device before that has had the answer to its hello', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: one })
  await submitEcho(world)
  await submitEcho(world)
  const { id, credential } = device
  // Its older connection is open still, and a slot is free at once: it has lost what it ran.
  const back = await world.connect({ device_id: id, credential, offer: { ...one, slots: 2 } })
  t.equal(device.runs.length, 1, 'nothing more came by the older connection')
  t.equal(back.runs.length, 2)
})

void t.test('a hello that is refused for want of room leaves the older connection as it was', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: one })
  const { id, credential } = device
  await refusedByFullDisk(t, world, () => world.connect({ device_id: id, credential, offer: one }))
  await submitEcho(world)
  t.equal(device.runs.length, 1)
})

void t.test('a cancellation that is refused for want of room takes no second slot', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: { ...one, slots: 2 } })
  const task_id = await submitEcho(world)
  await device.start(runOf(device))
  await refusedByFullDisk(t, world, () => world.node.cluster.tasks.cancel({ task_id }))
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'running' })
  t.match(await world.node.cluster.devices.get({ device_id: device.id }), { slots: { total: 2, free: 1 } })
  t.same(device.cancels, [])
})

void t.test('a node stops cleanly though its disk is full', async (t) => {
  const world = await createWorld(t)
  await world.connect()
  await world.clock.advance(10_000)
  world.store.fault = 'full'
  await t.resolves(world.node.stop())
  world.store.fault = undefined
})

void t.test(
  'a task that is cancelled while its device comes back is ended there, and keeps its slot until then',
  async (t) => {
    const world = await createWorld(t)
    const device = await world.connect({ offer: one })
    const task_id = await submitEcho(world)
    const run = runOf(device)
    await device.start(run)
    const { id, credential } = device
    const coming = world.connect({ device_id: id, credential, offer: one, running: [run] })
    // Its hello goes to the disk by one commit with the cancellation, and before it.
    const cancelled = world.node.cluster.tasks.cancel({ task_id })
    const back = await coming
    await cancelled
    await settle()
    t.match([...back.abandon, ...back.cancels], [{ task_id, attempt: 1 }])
    t.match(await world.node.cluster.devices.get({ device_id: id }), { slots: { free: 0 } })
    await back.session.finished(endOf(run, { outcome: 'cancelled', result: null }))
    await settle()
    t.match(await world.node.cluster.devices.get({ device_id: id }), { slots: { free: 1 } })
  },
)

for (const silenceMs of [0, 2000])
  void t.test(
    `a device that is removed while it comes back after ${silenceMs} ms is told so on its new connection`,
    async (t) => {
      const world = await createWorld(t)
      const { id, credential } = await world.connect({ offer: one })
      await world.clock.advance(silenceMs)
      const coming = world.connect({ device_id: id, credential, offer: one })
      // Its hello is taken first, and goes to the disk by the same commit.
      await Promise.resolve()
      const removed = world.node.cluster.devices.remove({ device_id: id, force: true })
      const back = await coming
      await removed
      await settle()
      t.match(back.closed, { reason: 'this device was removed from the cluster' })
      t.same(world.broken, [])
      await world.clock.advance(400_000)
      t.equal((await world.node.cluster.devices.list({})).total, 0)
    },
  )

void t.test('a defect of what follows a commit is told, and keeps nobody waiting for it', async (t) => {
  const world = await createWorld(t)
  const session = world.node.gate.connect({
    address: '127.0.0.1',
    notify: () => {
      throw new Error('a defect')
    },
    request: () => Promise.resolve({} as never),
    close: () => undefined,
  })
  await session.hello(helloOf({ offer: one }))
  await settle()
  const { cluster } = world.node
  const submission = { task_type: 'echo' as const, payload: {} }
  const answers = await Promise.all([0, 1].map(() => cluster.tasks.submit({ submission, wait: 0 })))
  t.equal(answers.length, 2)
  await settle()
  t.match(world.broken, [{ message: 'a defect' }])
  t.equal((await cluster.tasks.list({})).total, 2)
})
