import t from 'tap'
import type { FinishedParams } from '../../schemas/index.ts'
import { demandOf } from '../../src/cluster/demand.ts'
import { findLack, nothingLearned, withLack, withRun } from '../../src/cluster/learned.ts'
import { taskOf } from './records.ts'
import { createWorld, type FakeDevice, helloOf, type World } from './world.ts'
import { settle } from './fake-clock.ts'

const offer = { slots: 1, task_types: ['command', 'echo'], allow: [], custom_types: [] }

const connect = (world: World, device_id: string, change: object = {}) => world.connect({ device_id, offer, ...change })

const submit = async (world: World, program: string, change: object = {}) => {
  const { task_id } = await world.node.cluster.tasks.submit({
    submission: { task_type: 'command', payload: { command: [program, '-x'] }, ...change },
    wait: 0,
  })
  await settle()
  return task_id
}

const reject = async (device: FakeDevice, rejection?: FinishedParams['rejection']) => {
  const [run] = device.runs
  if (run === undefined) throw new Error(`${device.id} has no task`)
  const error = { code: 'TASK_REJECTED', message: 'no such program' }
  await device.finish(run, { outcome: 'rejected', result: null, error, ...(rejection && { rejection }) })
}

const learnedOf = async (world: World, device_id: string) =>
  (await world.node.cluster.devices.get({ device_id })).learned

void t.test(
  'a device that lacks a program is not asked for it again, and the task goes elsewhere uncounted',
  async (t) => {
    const world = await createWorld(t)
    const phone = await connect(world, 'a-phone')
    const laptop = await connect(world, 'b-laptop')
    const first = await submit(world, 'convert')
    await reject(phone, 'program')
    t.match(await world.node.cluster.tasks.get({ task_id: first, wait: 0 }), {
      device_id: 'b-laptop',
      retries: 0,
      attempts: [{ device_id: 'a-phone', outcome: 'rejected' }, { device_id: 'b-laptop' }],
    })
    const second = await submit(world, 'convert')
    t.equal(phone.runs.length, 0, 'the phone is free, and is not asked')
    t.match(await world.node.cluster.tasks.get({ task_id: second, wait: 0 }), {
      pending_reason: { code: 'devices_busy' },
    })
    await submit(world, 'ffmpeg')
    t.equal(phone.runs.length, 1, 'another program is another matter')
    t.match(await learnedOf(world, 'a-phone'), { lacks: [{ kind: 'program', name: 'convert', input_kib: 0 }] })
    const { devices } = await world.node.cluster.tasks.placement({ task_id: second })
    t.match(devices.find(({ device_id }) => device_id === 'a-phone')?.reason, {
      code: 'rejected',
      message: /a-phone said that it cannot run convert/,
    })
    t.equal(laptop.runs.length, 1)
  },
)

void t.test('a rejection that says nothing of others concerns one task alone', async (t) => {
  const world = await createWorld(t)
  const phone = await connect(world, 'a-phone')
  await connect(world, 'b-laptop')
  await submit(world, 'convert')
  await reject(phone)
  t.same((await learnedOf(world, 'a-phone')).lacks, [])
  await submit(world, 'convert')
  t.equal(phone.runs.length, 1)
})

void t.test('a task that waits after a rejection tells what the device said', async (t) => {
  const world = await createWorld(t)
  const phone = await connect(world, 'a-phone')
  const laptop = await connect(world, 'b-laptop')
  const first = await submit(world, 'convert')
  const error = {
    code: 'TASK_REJECTED' as const,
    message: 'The inputs find no place: there is no room on this device.',
  }
  await laptop.drop()
  await world.clock.advance(60_000)
  const [run] = phone.runs
  if (run === undefined) throw new Error('the phone got no task')
  await phone.finish(run, { outcome: 'rejected', result: null, error })
  const { cluster } = world.node
  const pending_reason = {
    code: 'devices_offline',
    message: `All devices that could run it are offline or silent. a-phone rejected it: ${error.message}`,
  }
  t.match(await cluster.tasks.get({ task_id: first, wait: 0 }), { status: 'pending', pending_reason })
  t.match(await cluster.tasks.list({}), { tasks: [{ task_id: first, pending_reason }] })
  t.match(await cluster.tasks.placement({ task_id: first }), { pending_reason })
})

void t.test('what every device rejects is failed, and the like of it waits and says why', async (t) => {
  const world = await createWorld(t)
  const [one, two] = [await connect(world, 'one'), await connect(world, 'two')]
  const asked = await submit(world, 'convert')
  await reject(one, 'program')
  await reject(two, 'program')
  t.match(await world.node.cluster.tasks.get({ task_id: asked, wait: 0 }), {
    status: 'failed',
    error: { code: 'TASK_REJECTED' },
  })
  const like = await submit(world, 'convert')
  const get = () => world.node.cluster.tasks.get({ task_id: like, wait: 0 })
  t.match(await get(), { status: 'pending', pending_reason: { code: 'devices_rejected' } })
  t.equal(one.runs.length + two.runs.length, 0)
  const third = await connect(world, 'three')
  t.equal(third.runs[0]?.task_id, like, 'a device that was never asked gets it')
})

void t.test('a device is asked again once it may have changed', async (t) => {
  const changes: readonly [string, (world: World, device: FakeDevice) => Promise<unknown>, boolean][] = [
    ['it reconnects as it was', (world, { id, credential }) => connect(world, id, { credential }), false],
    [
      'it has another profile',
      (world, { id, credential }) =>
        connect(world, id, { credential, profile: { ...helloOf().profile, capabilities: ['convert'] } }),
      true,
    ],
    [
      'it stopped, and came back',
      async (world, { id, credential, session }) => {
        session.goodbye()
        await settle()
        return connect(world, id, { credential })
      },
      true,
    ],
    [
      'the node was restarted',
      async (world, { id, credential }) => {
        await world.restart()
        return connect(world, id, { credential })
      },
      false,
    ],
    [
      'a day has passed',
      async (world, { id, credential }) => {
        await world.clock.advance(86_400_001)
        return connect(world, id, { credential })
      },
      true,
    ],
  ]
  for (const [what, change, isAsked] of changes) {
    const world = await createWorld(t)
    const device = await connect(world, 'phone')
    await connect(world, 'other', { offer: { ...offer, task_types: ['command'] }, role: 'storage' })
    await submit(world, 'convert', { requirements: { role: 'compute' } })
    await reject(device, 'program')
    await change(world, device)
    const task_id = await submit(world, 'convert', { requirements: { role: 'compute' } })
    const { status, pending_reason } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
    t.match({ status, pending_reason }, { pending_reason: { code: isAsked ? 'assigned' : 'devices_rejected' } }, what)
  }
})

void t.test('a program that a device has run well is a capability of it', async (t) => {
  const world = await createWorld(t)
  await connect(world, 'a-none')
  const device = await connect(world, 'b-some')
  const requirements = { capabilities: ['ffmpeg'] }
  await t.rejects(submit(world, 'ffmpeg', { requirements }), { code: 'INSUFFICIENT_RESOURCES' })
  await submit(world, 'ffmpeg', { device_id: 'b-some' })
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  t.same((await learnedOf(world, 'b-some')).programs, ['ffmpeg'])
  await submit(world, 'ffmpeg', { requirements })
  t.equal(device.runs.length, 1)
  await world.restart()
  t.same((await learnedOf(world, 'b-some')).programs, ['ffmpeg'], 'and a restart does not forget it')
  t.match(world.store.commits.at(-1)?.devices ?? [], [], 'what is known already is not written again')
})

void t.test('a task type, and input that is too large, are learned as well', (t) => {
  const task = taskOf(1, 0, { payload: { message: 'x' } })
  const small = demandOf(task)
  const large = demandOf(taskOf(2, 0, { payload: { message: 'x'.repeat(300_000) } }))
  const larger = demandOf(taskOf(3, 0, { payload: { message: 'x'.repeat(600_000) } }))
  t.equal(large.input_kib, 512)
  const noLarge = withLack(nothingLearned, 'input', large, 0)
  t.equal(findLack(noLarge, small), undefined)
  t.ok(findLack(noLarge, large))
  t.ok(findLack(noLarge, larger))
  t.equal(findLack(noLarge, demandOf(taskOf(4, 0, { type: 'sleep' }))), undefined)
  t.same(withLack(nothingLearned, 'input', small, 0), nothingLearned, 'that little input was too much says little')
  const noEcho = withLack(nothingLearned, 'task_type', small, 0)
  t.ok(findLack(noEcho, large))
  t.same(withRun(noEcho, task).lacks, [], 'who has run it can run it')
  t.end()
})

void t.test('what is learned of a device is bounded, and a rejection takes back what it could do', (t) => {
  let learned = nothingLearned
  const command = (n: number) => taskOf(n, 0, { type: 'command', payload: { command: [`program-${n}`] } })
  for (let n = 0; n < 300; n += 1) learned = withRun(learned, command(n))
  t.equal(learned.programs.length, 256)
  t.equal(learned.programs.at(-1), 'program-299')
  for (let n = 100; n < 400; n += 1) learned = withLack(learned, 'program', demandOf(command(n)), 0)
  t.equal(learned.lacks.length, 256)
  t.same(learned.programs.at(-1), 'program-99')
  const long = taskOf(1, 0, { type: 'command', payload: { command: ['x'.repeat(1000)] } })
  t.equal(withRun(nothingLearned, long), nothingLearned)
  t.equal(withLack(nothingLearned, 'program', demandOf(long), 0), nothingLearned)
  const line = demandOf(taskOf(1, 0, { type: 'command', payload: { command: 'convert a b', shell: true } }))
  t.equal(line.program, null, 'of a line for the shell nobody knows the program')
  t.end()
})
