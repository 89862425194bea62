/** Starts that are held while the store refuses, or their device goes away. */
import t from 'tap'
import { newTask } from '../../src/cluster/admission.ts'
import { assign, requeue } from '../../src/cluster/attempt.ts'
import { createStarts, type Starts } from '../../src/cluster/starts.ts'
import { createState } from '../../src/cluster/state.ts'
import type { Transaction } from '../../src/cluster/transaction.ts'
import { attemptOf, begun, ofTasks, refOf } from './begun.ts'
import { fakeClock } from './fake-clock.ts'
import { memoryStore } from './memory-store.ts'
import { createWorld, endOf, submitEcho } from './world.ts'

const nothing = () => undefined

void t.test('what the store does not take is kept once it does, as of the time when it was told', async (t) => {
  const world = await createWorld(t)
  const toldMs = world.clock.now()
  const { device, task_id } = await begun(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  world.store.fault = 'full'
  // Once with the end, which takes it along and back, and then by itself.
  await t.rejects(device.session.finished(endOf(run)), { code: 'STORAGE_FULL' })
  await world.clock.advance(30_000)
  world.store.fault = undefined
  await world.clock.advance(1000)
  t.ok(ofTasks(world).includes('task_started'))
  t.equal(Date.parse((await attemptOf(world, task_id))?.started_at ?? ''), toldMs)
})

void t.test('a moment in which the store refuses holds up no other start', async (t) => {
  const world = await createWorld(t)
  const { device } = await begun(world)
  world.store.fault = 'full'
  await world.clock.advance(20)
  world.store.fault = undefined
  const second = await submitEcho(world)
  const [, run] = device.runs
  if (run !== undefined) device.session.started(refOf(run))
  await world.clock.advance(20)
  t.match(await attemptOf(world, second), { started_at: String })
  t.equal(ofTasks(world).filter((type) => type === 'task_started').length, 1)
  await world.clock.advance(1000)
  t.equal(ofTasks(world).filter((type) => type === 'task_started').length, 2)
})

void t.test('a start that is refused costs who reads nothing, and is told of once', async (t) => {
  const world = await createWorld(t)
  await begun(world)
  world.store.fault = 'full'
  await world.clock.advance(20)
  const { refusals } = world.store
  for (let time = 0; time < 5; time += 1) await world.node.cluster.status()
  t.equal(world.store.refusals, refusals)
  await world.clock.advance(5000)
  t.equal(world.store.refusals, refusals + 5)
  t.strictSame(world.errors, ['starts of attempts cannot be kept yet'])
})

void t.test('an absence finds started what the store had refused a moment before', async (t) => {
  const world = await createWorld(t, { cluster: { heartbeat_interval: 10, offline_threshold: 30 } })
  const { task_id } = await begun(world)
  world.store.fault = 'full'
  // It is tried again every second, the last time a moment before its device is taken for gone.
  await world.clock.advance(29_900)
  world.store.fault = undefined
  await world.clock.advance(110)
  t.match(await world.node.cluster.devices.get({ device_id: 'box' }), { status: 'offline' })
  await world.clock.advance(5000)
  const { status, attempts } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.match([status, attempts], ['pending', [{ outcome: 'lost', started_at: String }]])
})

void t.test('a result that comes while its device is taken for gone tells of its start', async (t) => {
  for (const isTold of [true, false]) {
    const world = await createWorld(t, { cluster: { heartbeat_interval: 10, offline_threshold: 30 } })
    const device = await world.connect()
    const task_id = await submitEcho(world)
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    const { commit } = world.store
    let ended: Promise<unknown> | undefined
    world.store.commit = (changes) => {
      if (changes.events.some(({ event }) => event.type === 'device_offline')) {
        if (isTold) device.session.started(refOf(run))
        ended ??= device.session.finished(endOf(run))
      }
      return commit(changes)
    }
    await world.clock.advance(31_000)
    await ended
    const task = await world.node.cluster.tasks.get({ task_id, wait: 0 })
    t.match(task, { status: 'completed', started_at: String, attempts: [{ started_at: String }] })
    t.strictSame(ofTasks(world).slice(-2), ['task_started', 'task_completed'])
  }
})

void t.test('an end takes along the start that the store had refused, as of the time when it was told', async (t) => {
  const world = await createWorld(t)
  const toldMs = world.clock.now()
  const { device, task_id } = await begun(world)
  world.store.fault = 'full'
  await world.clock.advance(500)
  world.store.fault = undefined
  const [run] = device.runs
  if (run !== undefined) await device.finish(run, { execution_time_seconds: 0.1 })
  t.equal(Date.parse((await attemptOf(world, task_id))?.started_at ?? ''), toldMs)
})

void t.test(
  'an attempt that was taken from its device is not taken up again by what that had said before',
  async (t) => {
    const submitted = { task_id: 'task-1', sequence: 1, original_task_id: null }
    const given = assign(newTask({ task_type: 'echo', payload: {} }, submitted, 60, 0), 'box', 1, 0)
    const taken = requeue(given, { outcome: 'lost', error: null }, 0, 0)
    const ref = { task_id: 'task-1', epoch: 1, attempt: 1 }
    const tx = { undone: () => undefined } as unknown as Transaction
    for (const [isStarted, told, then, say] of [
      [true, given, given, (starts: Starts) => starts.keep()],
      [false, given, taken, (starts: Starts) => starts.keep()],
      [false, given, taken, (starts: Starts) => starts.keepWith(tx, endOf(ref, { outcome: 'returned' }), 'box')],
      [true, given, taken, (starts: Starts) => starts.keepWith(tx, endOf(ref), 'box')],
      [false, taken, given, (starts: Starts) => starts.keep()],
    ] as const) {
      const state = createState(await memoryStore().load())
      const started: string[] = []
      const starts = createStarts({
        state,
        clock: fakeClock(),
        log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
        lifecycle: { started: (_tx, { task }) => void started.push(task.task_id) },
        work: {
          runUnasked: (work) => {
            work(tx)
            return Promise.resolve(undefined)
          },
        },
      })
      state.tasks.set('task-1', told)
      starts.hold(ref, 'box')
      state.tasks.set('task-1', then)
      say(starts)
      t.strictSame(started, isStarted ? ['task-1'] : [], say.toString())
    }
  },
)
