import t from 'tap'
import type { ClusterError } from '../../src/cluster/errors.ts'
import { settle } from './fake-clock.ts'
import { createWorld, submitEcho } from './world.ts'

const HOUR_MS = 3_600_000
const echo = { task_type: 'echo', payload: { message: 'hi' } }
const anonymous = (key: string) => ({ key, caller: 'anonymous' })

/** The tasks of a world, and the operations under test. */
const begin = async (t: Parameters<typeof createWorld>[0]) => {
  const world = await createWorld(t)
  const submit = (key: string, change: object = {}, caller = 'anonymous', wait = 0) =>
    world.node.cluster.tasks.submit({ submission: { ...echo, ...change }, wait, idempotency: { key, caller } })
  const total = async () => (await world.node.cluster.tasks.list({})).total
  return { world, submit, total }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as ClusterError).code,
  )

void t.test(
  'the same request under the same key is answered as the first time, and makes no second task',
  async (t) => {
    const { world, submit, total } = await begin(t)
    await world.connect()
    const first = await submit('k')
    t.not(first.assigned_device, null)
    t.notOk('replayed' in first)
    await world.clock.advance(60_000)
    t.same(await submit('k'), { ...first, replayed: true }, 'with the device and the estimate of then')
    t.equal(await total(), 1)
  },
)

void t.test('the order of the fields of a body does not matter, anything else in it does', async (t) => {
  const { submit, total } = await begin(t)
  const requirements = { min_cpu_cores: 1, tags: ['a', 'b'] }
  const { task_id } = await submit('k', { requirements })
  t.match(await submit('k', { requirements: { tags: ['a', 'b'], min_cpu_cores: 1 } }), { task_id, replayed: true })
  for (const change of [
    {},
    { requirements: { ...requirements, tags: ['b', 'a'] } },
    { requirements: { ...requirements, min_cpu_cores: 2 } },
    { requirements, priority: 'normal' },
  ])
    t.equal(await codeOf(submit('k', change)), 'IDEMPOTENCY_CONFLICT', JSON.stringify(change))
  t.equal(await total(), 1)
})

void t.test('a key belongs to its caller and to its path', async (t) => {
  const { world, submit, total } = await begin(t)
  const { tasks } = world.node.cluster
  const { task_id } = await submit('k')
  const other = await submit('k', { priority: 'low' }, 'key-other')
  t.not(other.task_id, task_id)
  const { batch_id, task_ids } = await tasks.submitBatch({ tasks: [echo, echo], idempotency: anonymous('k') })
  await tasks.cancel({ task_id })
  await tasks.cancel({ task_id: other.task_id })
  const again = await tasks.retry({ task_id, idempotency: anonymous('k') })
  const another = await tasks.retry({ task_id: other.task_id, idempotency: anonymous('k') })
  t.equal(await total(), 6)
  t.same(await tasks.submitBatch({ tasks: [echo, echo], idempotency: anonymous('k') }), {
    batch_id,
    task_ids,
    replayed: true,
  })
  t.same(await tasks.retry({ task_id, idempotency: anonymous('k') }), { ...again, replayed: true })
  t.same(await tasks.retry({ task_id: other.task_id, idempotency: anonymous('k') }), { ...another, replayed: true })
  const otherPriority = tasks.retry({ task_id, priority: 'high', idempotency: anonymous('k') })
  t.equal(await codeOf(otherPriority), 'IDEMPOTENCY_CONFLICT')
  t.equal(await total(), 6)
})

void t.test('requests that arrive while the first is under way wait for it, and get its answer', async (t) => {
  const { submit, total } = await begin(t)
  const answers = await Promise.all(Array.from({ length: 50 }, () => submit('k')))
  t.equal(new Set(answers.map(({ task_id }) => task_id)).size, 1)
  t.equal(answers.filter(({ replayed }) => replayed !== true).length, 1)
  t.equal(await total(), 1)
  const mixed = await Promise.all(['low', 'high'].map((priority) => codeOf(submit('m', { priority }))))
  t.same(mixed, [undefined, 'IDEMPOTENCY_CONFLICT'])
})

void t.test('a refusal is not kept: the request may be sent again when what stood in its way is gone', async (t) => {
  const { world, submit, total } = await begin(t)
  await world.connect({ device_id: 'a' })
  t.equal(await codeOf(submit('k', { device_id: 'b' })), 'DEVICE_NOT_FOUND')
  world.store.fault = 'full'
  const refused = await Promise.all([codeOf(submit('k')), codeOf(submit('k')), codeOf(submit('k'))])
  t.same(refused, ['STORAGE_FULL', 'STORAGE_FULL', 'STORAGE_FULL'])
  world.store.fault = undefined
  t.notOk('replayed' in (await submit('k')), 'with another body too: nothing was answered to that one')
  t.match(await submit('k'), { replayed: true })
  t.equal(await total(), 1)
  t.same(world.broken, [])
})

void t.test('an answer is kept in the commit of its tasks, and survives a restart', async (t) => {
  const { world, submit, total } = await begin(t)
  const { task_id, ...answer } = await submit('k')
  const commit = world.store.commits.find(({ tasks }) => tasks.some(({ task }) => task.task_id === task_id))
  t.match(commit?.answers, [{ caller: 'anonymous', path: '/tasks', key: 'k', answer: { task_id, ...answer } }])
  await world.restart()
  t.same(await submit('k'), { task_id, ...answer, replayed: true })
  t.equal(await total(), 1)
})

void t.test('a key is free again after 24 hours', async (t) => {
  const { world, submit, total } = await begin(t)
  const { task_id } = await submit('k')
  await world.clock.advance(24 * HOUR_MS - 1)
  t.match(await submit('k'), { task_id, replayed: true })
  await world.clock.advance(1)
  const next = await submit('k', { priority: 'high' })
  t.not(next.task_id, task_id)
  t.match(await submit('k', { priority: 'high' }), { task_id: next.task_id, replayed: true })
  t.equal(await total(), 2)
  await world.clock.advance(25 * HOUR_MS)
  t.equal(await world.store.keptAnswer({ ...anonymous('k'), path: '/tasks' }), undefined, 'and is no longer kept')
})

void t.test('a replay waits where it is asked to, and shows the task as it is then', async (t) => {
  const { world, submit } = await begin(t)
  const device = await world.connect()
  const { task_id } = await submit('k')
  const waiting = submit('k', {}, 'anonymous', 30)
  await settle()
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  t.match(await waiting, { task_id, replayed: true, task: { status: 'completed' } })
  t.notOk('task' in (await submit('k')), 'without it the answer is what was kept')
})

void t.test('a replay with wait is answered also when its task is no longer kept', async (t) => {
  const { world, submit } = await begin(t)
  const device = await world.connect()
  const first = await submit('k')
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  const bounds = { tasksEndedSince_ms: Infinity, maxFinishedTasks: 0, eventsSince_ms: 0, maxEvents: 1000 }
  const rest = { logsSince_ms: 0, maxLogBytes: 1e9, minutesSince_ms: 0, hoursSince_ms: 0, answersSince_ms: 0 }
  await world.store.prune({
    ...bounds,
    ...rest,
    auditSince_ms: 0,
    maxAuditEntries: 1_000_000,
    maxAnswers: 10,
    maxBytes: 1e15,
  })
  t.same(await submit('k', {}, 'anonymous', 30), { ...first, replayed: true })
})

void t.test('no more keys are kept than the config says; the oldest go first', async (t) => {
  const world = await createWorld(t, { retention: { max_idempotency_keys: 3 } })
  const keys = ['k0', 'k1', 'k2', 'k3', 'k4']
  for (const key of keys)
    await world.node.cluster.tasks.submit({ submission: echo, wait: 0, idempotency: anonymous(key) })
  await world.clock.advance(60_000)
  const kept = await Promise.all(keys.map((key) => world.store.keptAnswer({ ...anonymous(key), path: '/tasks' })))
  t.same(
    kept.map((answer) => answer?.key),
    [undefined, undefined, 'k2', 'k3', 'k4'],
  )
})

void t.test('without a key every request is a new one', async (t) => {
  const world = await createWorld(t)
  t.not(await submitEcho(world), await submitEcho(world))
  t.ok(world.store.commits.every(({ answers }) => answers.length === 0))
})
