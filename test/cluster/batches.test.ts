import t from 'tap'
import fc from 'fast-check'
import type { TaskSubmission } from '../../schemas/index.ts'
import type { ClusterError } from '../../src/cluster/errors.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type FakeDevice, submitEcho, type World } from './world.ts'

type Test = Parameters<typeof createWorld>[0]

const echo: TaskSubmission = { task_type: 'echo', payload: { message: 'hi' } }

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as ClusterError).code,
  )

const finish = async (device: FakeDevice, outcome: 'completed' | 'failed') => {
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run, { outcome, error: outcome === 'failed' ? { code: 'TASK_ERROR', message: 'no' } : null })
  return run.task_id
}

/** A batch whose tasks ended so, one after the other; the others wait. */
const batchOf = async (world: World, ends: readonly ('completed' | 'failed' | 'waiting')[], batch_id = 'b') => {
  const { task_ids } = await world.node.cluster.tasks.submitBatch({ batch_id, tasks: ends.map(() => echo) })
  const device = await world.connect({
    device_id: 'd',
    offer: { slots: 1, task_types: ['echo'], allow: [], custom_types: [] },
  })
  for (const end of ends) if (end !== 'waiting') await finish(device, end)
  return { device, task_ids }
}

void t.test('many tasks are cancelled in one commit, each with an outcome of its own', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const device = await world.connect()
  const [running, assigned, waiting] = [await submitEcho(world), await submitEcho(world), await submitEcho(world)]
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  const commits = world.store.commits.length
  const answer = await tasks.cancelBatch({ task_ids: [waiting, running, 'task-none', assigned] })
  t.same(answer, {
    outcomes: [
      { task_id: waiting, outcome: 'cancelled', was_running: false, error: null },
      { task_id: running, outcome: 'cancelled', was_running: true, error: null },
      {
        task_id: 'task-none',
        outcome: 'refused',
        was_running: false,
        error: { code: 'TASK_NOT_FOUND', details: { task_id: 'task-none' } },
      },
      { task_id: assigned, outcome: 'cancelled', was_running: false, error: null },
    ],
    changed: 3,
    more: false,
  })
  t.equal(world.store.commits.length, commits + 1)
  t.same(device.cancels.map(({ task_id }) => task_id).sort(), [running, assigned].sort(), 'its device is told')
  t.match(await tasks.cancelBatch({ task_ids: [running] }), {
    outcomes: [{ error: { code: 'TASK_NOT_CANCELLABLE', details: { task_status: 'cancelled' } } }],
    changed: 0,
  })
})

void t.test('of a batch those that are not final are cancelled', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const { task_ids } = await batchOf(world, ['completed', 'failed', 'waiting', 'waiting', 'waiting'])
  const other = await submitEcho(world)
  const { outcomes, changed, more } = await tasks.cancelBatch({ batch_id: 'b' })
  t.same(
    outcomes.map(({ task_id }) => task_id),
    task_ids.slice(2),
  )
  t.same([changed, more], [3, false])
  t.match(await tasks.batch({ batch_id: 'b', wait: 0 }), { completed: 1, failed: 1, cancelled: 3 })
  t.match(await tasks.get({ task_id: other, wait: 0 }), { status: 'pending' })
  t.same(await tasks.cancelBatch({ batch_id: 'b' }), { outcomes: [], changed: 0, more: false })
  t.equal(await codeOf(tasks.cancelBatch({ batch_id: 'never' })), 'NOT_FOUND')
})

void t.test('of a batch those that failed or were cancelled are retried, and none of them twice', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const { device, task_ids } = await batchOf(world, ['completed', 'failed', 'failed', 'waiting', 'waiting'])
  const [, failed = '', , completed = '', waiting = ''] = task_ids
  await tasks.cancel({ task_id: waiting })
  await finish(device, 'completed')
  t.match(await tasks.get({ task_id: completed, wait: 0 }), { status: 'completed' })
  const commits = world.store.commits.length
  const first = await tasks.retryBatch({ batch_id: 'b', priority: 'high' })
  t.equal(world.store.commits.length, commits + 1)
  t.match(first, { changed: 3, more: false })
  t.same(
    first.outcomes.map(({ task_id, outcome, error }) => [task_id, outcome, error]),
    [task_ids[1], task_ids[2], waiting].map((task_id) => [task_id, 'retried', null]),
  )
  const [{ new_task_id } = { new_task_id: null }] = first.outcomes
  t.match(await tasks.get({ task_id: new_task_id ?? '', wait: 0 }), {
    original_task_id: failed,
    priority: 'high',
    batch_id: 'b',
    payload: { message: 'hi' },
  })
  t.same(await tasks.retryBatch({ batch_id: 'b' }), { outcomes: [], changed: 0, more: false }, 'they are repeated')
  await finish(device, 'failed')
  await finish(device, 'completed')
  await world.restart()
  const third = await world.node.cluster.tasks.retryBatch({ batch_id: 'b' })
  t.same(
    third.outcomes.map(({ task_id }) => task_id),
    [new_task_id],
    'only what failed again',
  )
  t.equal(await codeOf(world.node.cluster.tasks.retryBatch({ batch_id: 'never' })), 'NOT_FOUND')
})

void t.test('two that retry the same batch at once make each new task once', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  await batchOf(world, ['failed', 'failed', 'completed'])
  const answers = await Promise.all([1, 2, 3].map(() => tasks.retryBatch({ batch_id: 'b' })))
  t.same(
    answers.map(({ changed }) => changed),
    [2, 0, 0],
  )
  t.match(await tasks.batch({ batch_id: 'b', wait: 0 }), { total: 5 })
})

void t.test('named tasks are retried where that is possible, and each of the others says why not', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const { device, task_ids } = await batchOf(world, ['failed', 'completed', 'failed'])
  const [failed = '', completed = ''] = task_ids
  const gone = await world.connect({ device_id: 'gone' })
  const pinned = await submitEcho(world, { device_id: 'gone' })
  await tasks.cancel({ task_id: pinned })
  gone.session.goodbye()
  await settle()
  const { outcomes, changed } = await tasks.retryBatch({ task_ids: [completed, 'task-none', pinned, failed] })
  t.equal(changed, 1)
  t.match(outcomes, [
    { task_id: completed, outcome: 'refused', error: { code: 'TASK_NOT_RETRYABLE' } },
    { task_id: 'task-none', outcome: 'refused', error: { code: 'TASK_NOT_FOUND' } },
    { task_id: pinned, outcome: 'refused', error: { code: 'DEVICE_OFFLINE', details: { device_id: 'gone' } } },
    { task_id: failed, outcome: 'retried', new_task_id: device.runs[0]?.task_id, error: null },
  ])
  t.match(await tasks.retryBatch({ task_ids: [failed] }), { changed: 1 }, 'who names a task means it')
})

void t.test('a retry of many is answered once under its key', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const { task_ids } = await batchOf(world, ['failed', 'failed'])
  const idempotency = { key: 'k', caller: 'anonymous' }
  const first = await tasks.retryBatch({ task_ids, idempotency })
  await world.restart()
  const again = world.node.cluster.tasks
  t.same(await again.retryBatch({ task_ids, idempotency }), { ...first, replayed: true })
  t.equal(await codeOf(again.retryBatch({ batch_id: 'b', idempotency })), 'IDEMPOTENCY_CONFLICT')
  t.match(await again.batch({ batch_id: 'b', wait: 0 }), { total: 4 })
})

void t.test('one call takes 1,000 tasks of a batch, and says that there are more', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  for (const size of [1000, 500])
    await tasks.submitBatch({ batch_id: 'b', tasks: Array.from({ length: size }, () => echo) })
  const steps = [[1000, true], [500, false]] as const // prettier-ignore
  for (const [changed, more] of steps) t.match(await tasks.cancelBatch({ batch_id: 'b' }), { changed, more })
  for (const [changed, more] of steps) t.match(await tasks.retryBatch({ batch_id: 'b' }), { changed, more })
  t.match(await tasks.batch({ batch_id: 'b', wait: 0 }), { total: 3000, cancelled: 1500, pending: 1500 })
})

void t.test('past a thousand that are all refused, a retry comes to the next ones', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  await world.connect({ device_id: 'here' })
  const gone = await world.connect({ device_id: 'gone' })
  const pinned = Array.from({ length: 1000 }, () => ({ ...echo, device_id: 'gone' }))
  const { task_ids } = await tasks.submitBatch({ batch_id: 'b', tasks: [...pinned] })
  await tasks.submitBatch({ batch_id: 'b', tasks: [echo, echo] })
  for (const changed of [1000, 2]) t.match(await tasks.cancelBatch({ batch_id: 'b' }), { changed })
  gone.session.goodbye()
  await settle()
  for (let again = 0; again < 2; again += 1)
    t.match(await tasks.retryBatch({ batch_id: 'b' }), { changed: 0, more: true, outcomes: { length: 1000 } })
  const after = task_ids.at(-1) ?? ''
  t.match(await tasks.retryBatch({ batch_id: 'b', after }), { changed: 2, more: false, outcomes: { length: 2 } })
  t.match(await tasks.retryBatch({ batch_id: 'b', after }), { changed: 0, more: false, outcomes: [] })
  t.equal(await codeOf(tasks.retryBatch({ batch_id: 'b', after: 'task-none' })), 'VALIDATION_ERROR')
})

void t.test('one call repeats no more payload than a submission may bring in', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  const large: TaskSubmission = { task_type: 'echo', payload: { message: 'x'.repeat(1024 * 1024) } }
  const task_ids: string[] = []
  for (let n = 0; n < 17; n += 1) task_ids.push(await submitEcho(world, { ...large, batch_id: 'b' }))
  await tasks.cancelBatch({ batch_id: 'b' })
  const named = await tasks.retryBatch({ task_ids })
  t.match(named, { changed: 15, more: false })
  t.match(named.outcomes.at(-1), { outcome: 'refused', error: { code: 'PAYLOAD_TOO_LARGE' } })
  const rest = await tasks.retryBatch({ batch_id: 'b' })
  t.match(rest, { changed: 2, more: false }, 'of the batch, those that are left')
  await tasks.cancelBatch({ batch_id: 'b' })
  t.match(await tasks.retryBatch({ batch_id: 'b' }), { changed: 15, more: true })
  t.match(await tasks.retryBatch({ batch_id: 'b' }), { changed: 2, more: false })
})

void t.test('a disk that is full changes nothing of many either', async (t) => {
  const world = await createWorld(t)
  const { tasks } = world.node.cluster
  await batchOf(world, ['failed', 'waiting', 'waiting'])
  const before = await tasks.batch({ batch_id: 'b', wait: 0 })
  world.store.fault = 'full'
  t.equal(await codeOf(tasks.cancelBatch({ batch_id: 'b' })), 'STORAGE_FULL')
  t.equal(await codeOf(tasks.retryBatch({ batch_id: 'b' })), 'STORAGE_FULL')
  world.store.fault = undefined
  t.same(await tasks.batch({ batch_id: 'b', wait: 0 }), before)
  t.match(await tasks.cancelBatch({ batch_id: 'b' }), { changed: 2 })
  t.match(await tasks.retryBatch({ batch_id: 'b' }), { changed: 3 })
})

/** Tasks that are refused while only the device of {@link furnished} is there. */
const refused: readonly TaskSubmission[] = [
  { ...echo, task_type: 'nobody-offers-this' },
  { ...echo, device_id: 'nobody' },
  { ...echo, device_id: 'gone' },
  { ...echo, requirements: { min_memory_gb: 4096 } },
  { task_type: 'command', payload: { command: ['true'] } },
]

const furnished = async (t: Test) => {
  const world = await createWorld(t)
  await world.connect({ device_id: 'here' })
  const gone = await world.connect({ device_id: 'gone' })
  gone.session.goodbye()
  await settle()
  return world
}

/** All that the outside can see of a world, and all that is on disk. */
const picture = async ({ node, store }: World) => ({
  status: (await node.cluster.status()).cluster_stats.tasks,
  tasks: await node.cluster.tasks.list({ limit: 1000 }),
  devices: await node.cluster.devices.list({}),
  events: await node.cluster.events.after({ id: '1.0', limit: 1000 }),
  commits: store.commits.length,
  stored: await store.load(),
})

void t.test(
  'a batch of which one task is refused changes nothing, wherever it stands and whatever it is',
  async (t) => {
    const world = await furnished(t)
    const { submitBatch, submit } = world.node.cluster.tasks
    const good = fc.record<TaskSubmission>(
      {
        task_type: fc.constant('echo'),
        payload: fc.record({ message: fc.string() }),
        priority: fc.constantFrom('low', 'normal', 'high', 'urgent'),
        batch_id: fc.constantFrom('one', 'two'),
        queue_if_unavailable: fc.boolean(),
      },
      { requiredKeys: ['task_type', 'payload'] },
    )
    const property = fc.asyncProperty(
      fc.array(good, { maxLength: 40 }),
      fc.constantFrom(...refused),
      fc.array(good, { maxLength: 40 }),
      fc.boolean(),
      async (before, bad, after, isInCompany) => {
        // Others of the same turn share the transaction: they must neither lose nor gain by it.
        await settle()
        const was = await picture(world)
        const tasks = [...before, bad, ...after]
        const batch = submitBatch({ tasks, idempotency: { key: `k${tasks.length}`, caller: 'anonymous' } })
        const company = isInCompany ? submit({ submission: echo, wait: 0 }) : undefined
        const error: unknown = await batch.then(
          () => undefined,
          (reason: unknown) => reason,
        )
        const { code, details } = error as ClusterError
        if (details.path !== `/tasks/${before.length}`) throw new Error(`${code} names ${details.path ?? 'nothing'}`)
        const mate = await company
        await settle()
        const is = await picture(world)
        if (mate === undefined) {
          if (JSON.stringify(is) !== JSON.stringify(was)) throw new Error('something has changed')
          return
        }
        if (is.tasks.total !== was.tasks.total + 1) throw new Error(`${is.tasks.total - was.tasks.total} tasks came in`)
        await world.node.cluster.tasks.cancel({ task_id: mate.task_id })
      },
    )
    await fc.assert(property, { numRuns: 200 })
    t.pass('200 batches were refused')
  },
)
