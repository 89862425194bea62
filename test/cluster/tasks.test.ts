import t from 'tap'
import { createWorld, endOf, submitEcho } from './world.ts'
import { settle } from './fake-clock.ts'
import { ClusterError } from '../../src/cluster/errors.ts'

const codeOf = async (promise: Promise<unknown>) => {
  try {
    await promise
  } catch (error) {
    if (error instanceof ClusterError) return error.code
    throw error
  }
  return undefined
}

void t.test('a task goes through its life, and every step is on disk before anybody hears of it', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const answer = await world.node.cluster.tasks.submit({
    submission: { task_type: 'echo', payload: { message: 'hi' }, timeout: 60 },
    wait: 0,
  })
  t.equal(answer.assigned_device, device.id, 'the 201 names the device where a slot is free')
  t.equal(answer.estimated_completion, '2026-11-24T12:01:00.000Z', 'without a mean the timeout is the estimate')
  const [run] = device.runs
  t.ok(run, 'the device was given the task')
  if (run === undefined) return
  const { task_id } = answer
  const get = () => world.node.cluster.tasks.get({ task_id, wait: 0 })
  t.match(await get(), { status: 'pending', device_id: device.id, pending_reason: { code: 'assigned' }, attempt: 1 })
  await device.start(run)
  t.match(await get(), { status: 'running', started_at: '2026-11-24T12:00:00.000Z', pending_reason: null })
  await world.clock.advance(1000)
  await device.finish(run)
  t.match(await get(), {
    status: 'completed',
    completed_at: '2026-11-24T12:00:01.000Z',
    execution_time_seconds: 1,
    result: { output: 'done', exit_code: 0 },
    attempts: [{ attempt: 1, outcome: 'completed', device_id: device.id }],
  })
  const events = world.store.commits.flatMap((commit) => commit.events.map(({ event }) => event.type))
  t.match(
    events.filter((type) => type.startsWith('task_')),
    ['task_created', 'task_assigned', 'task_started', 'task_completed'],
  )
  t.match(await world.node.cluster.devices.get({ device_id: device.id }), {
    tasks: { active: 0, completed: 1, failed: 0 },
  })
})

void t.test('a task waits while nobody can run it, and says why', async (t) => {
  const world = await createWorld(t)
  const first = await submitEcho(world)
  const reason = async (task_id: string) =>
    (await world.node.cluster.tasks.get({ task_id, wait: 0 })).pending_reason?.code
  t.equal(await reason(first), 'no_device')
  const device = await world.connect({ offer: { slots: 1, task_types: ['echo'], allow: [], custom_types: [] } })
  t.equal(device.runs.length, 1, 'the first device takes the waiting task')
  const second = await submitEcho(world)
  t.equal(await reason(second), 'devices_busy')
  const unfit = await submitEcho(world, { requirements: { min_cpu_cores: 64 }, queue_if_unavailable: true })
  t.equal(await reason(unfit), 'no_fitting_device')
  await device.drop()
  t.equal(await reason(second), 'devices_offline')
})

void t.test('submissions that can never run are refused, and change nothing', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const commits = world.store.commits.length
  const submit = (change: object) =>
    world.node.cluster.tasks.submit({ submission: { task_type: 'echo', payload: {}, ...change }, wait: 0 })
  t.equal(await codeOf(submit({ task_type: 'eco' })), 'INVALID_TASK_TYPE')
  t.equal(await codeOf(submit({ device_id: 'nobody' })), 'DEVICE_NOT_FOUND')
  t.equal(await codeOf(submit({ requirements: { min_memory_gb: 4096 } })), 'INSUFFICIENT_RESOURCES')
  t.equal(await codeOf(submit({ task_type: 'command', payload: { command: ['true'] } })), 'INSUFFICIENT_RESOURCES')
  await submit({ task_type: 'command', payload: { command: ['true'] } }).catch((error: unknown) =>
    t.match(error, { details: { reason: /--allow command/ } }),
  )
  await submit({ task_type: 'eco' }).catch((error: unknown) => t.match(error, { details: { suggestion: 'echo' } }))
  await device.drop()
  await world.clock.advance(31_000)
  const offline = world.store.commits.length
  t.equal(await codeOf(submit({ device_id: device.id })), 'DEVICE_OFFLINE')
  t.equal(world.store.commits.length, offline)
  t.ok(await submit({ device_id: device.id, queue_if_unavailable: true }), 'queue_if_unavailable queues it instead')
  t.ok(commits < offline)
})

void t.test('a line for the shell goes to the device that allows the shell, and to no other', async (t) => {
  const world = await createWorld(t)
  const offer = { slots: 4, task_types: ['echo', 'command'], allow: [] as string[], custom_types: [] }
  await world.connect({ device_id: 'closed', offer })
  const line = { task_type: 'command', payload: { command: 'echo hello', shell: true } }
  const submit = (change: object = {}) =>
    world.node.cluster.tasks.submit({ submission: { ...line, ...change }, wait: 0 })
  await t.rejects(submit(), {
    code: 'INSUFFICIENT_RESOURCES',
    details: {
      reason: 'no registered device allows shell; start a worker with --allow command,shell',
      unmet_requirement: 'permission',
      required: 'shell',
      available: [],
      nearest_device: 'closed',
    },
  })
  const waiting = await submit({ queue_if_unavailable: true })
  t.equal(waiting.assigned_device, null)
  await world.connect({ device_id: 'open', offer: { ...offer, allow: ['shell'] } })
  const { task_id } = waiting
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { device_id: 'open' })
  t.equal((await submit()).assigned_device, 'open')
  await t.rejects(submit({ device_id: 'closed' }), {
    code: 'INSUFFICIENT_RESOURCES',
    details: { reason: 'closed does not allow shell; start its worker with --allow command,shell' },
  })
  t.ok((await submit({ payload: { command: ['echo', 'hello'] } })).assigned_device, 'a list of arguments goes anywhere')
})

void t.test('urgent goes before normal, and low is never starved', async (t) => {
  const world = await createWorld(t)
  const low = await submitEcho(world, { priority: 'low' })
  await world.clock.advance(2 * 3_600_000 + 1)
  const normal = await submitEcho(world, { priority: 'normal' })
  const urgent = await submitEcho(world, { priority: 'urgent' })
  const device = await world.connect({ offer: { slots: 1, task_types: ['echo'], allow: [], custom_types: [] } })
  const order: string[] = []
  for (let run = device.runs[0]; run !== undefined; run = device.runs[0]) {
    order.push(run.task_id)
    await device.finish(run)
  }
  t.same(order, [low, urgent, normal], 'a low task that waited two hours is before a new urgent one')
})

void t.test('wait answers at the end of the task, or after its time', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const submitted = world.node.cluster.tasks.submit({ submission: { task_type: 'echo', payload: {} }, wait: 10 })
  await settle()
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  t.match(await submitted, { task: { status: 'completed' } })
  const waiting = world.node.cluster.tasks.submit({ submission: { task_type: 'echo', payload: {} }, wait: 10 })
  await world.clock.advance(10_000)
  t.match(await waiting, { task: { status: 'pending' } })
})

void t.test('a failed run is repeated max_retries times, with a wait between', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world, { max_retries: 2 })
  const error = { code: 'TASK_EXIT_NONZERO', message: 'exit code 1' }
  for (let run = 1; run <= 3; run += 1) {
    const given = device.runs[0]
    t.ok(given, `run ${run} was given out`)
    if (given === undefined) return
    t.equal(given.attempt, run)
    await device.start(given)
    await device.finish(given, { outcome: 'failed', error })
    if (run < 3) t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'pending', retries: run })
    await world.clock.advance(61_000)
  }
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'failed', error, retries: 2, attempt: 3 })
})

void t.test('the failure of a run counts once, however often its device tells of it', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world, { max_retries: 1 })
  const [given] = device.runs
  if (given === undefined) throw new Error('the device got no task')
  const failure = endOf(given, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message: 'exit code 1' } })
  await device.start(given)
  await device.session.finished(failure)
  // The node died before the device heard that the failure was kept: it tells it again, in its hello and after it.
  await world.restart()
  const { epoch, attempt } = given
  const back = await world.connect({
    device_id: device.id,
    credential: device.credential,
    finished: [{ task_id, epoch, attempt }],
  })
  await back.session.finished(failure)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { status: 'pending', retries: 1 })
  await world.clock.advance(61_000)
  t.match(back.runs, [{ task_id, attempt: 2 }], 'it is repeated')
})

void t.test('a wall clock that jumps back holds no repeat up, whatever else waits for its own', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: { slots: 2, task_types: ['echo'], allow: [], custom_types: [] } })
  const task_id = await submitEcho(world, { max_retries: 1 })
  await submitEcho(world, { max_retries: 1 })
  const [first, second] = device.runs
  if (first === undefined || second === undefined) throw new Error('the device got no tasks')
  const failure = { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message: 'exit code 1' } } as const
  await device.finish(first, failure)
  world.clock.jump(-2 * 3_600_000)
  // By the new clock this one is due before the other.
  await device.finish(second, failure)
  t.match(device.runs, [{ task_id, attempt: 2 }], 'it has waited long enough')
})

void t.test('cancelling is final at once, and the slot stays taken until the device has confirmed', async (t) => {
  const world = await createWorld(t)
  const device = await world.connect({ offer: { slots: 1, task_types: ['echo'], allow: [], custom_types: [] } })
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  t.same(await world.node.cluster.tasks.cancel({ task_id }), { cancelled_task: task_id, was_running: true })
  t.equal(await codeOf(world.node.cluster.tasks.cancel({ task_id })), 'TASK_NOT_CANCELLABLE')
  t.equal(device.cancels[0]?.task_id, task_id)
  const next = await submitEcho(world)
  t.equal(device.runs.length, 1, 'nothing new while the slot is taken')
  await device.finish(run, { outcome: 'completed' })
  t.equal(
    (await world.node.cluster.tasks.get({ task_id, wait: 0 })).status,
    'cancelled',
    'a late result changes nothing',
  )
  t.equal(device.runs[0]?.task_id, next)
})

void t.test('only failed and cancelled tasks can be retried, as a new task that points to the old one', async (t) => {
  const world = await createWorld(t)
  const task_id = await submitEcho(world)
  t.equal(await codeOf(world.node.cluster.tasks.retry({ task_id })), 'TASK_NOT_RETRYABLE')
  await world.node.cluster.tasks.cancel({ task_id })
  const { new_task_id, original_task_id } = await world.node.cluster.tasks.retry({ task_id, priority: 'high' })
  t.equal(original_task_id, task_id)
  t.match(await world.node.cluster.tasks.get({ task_id: new_task_id, wait: 0 }), {
    priority: 'high',
    original_task_id: task_id,
    payload: { message: 'hi' },
  })
  t.equal(await codeOf(world.node.cluster.tasks.get({ task_id: 'task-none', wait: 0 })), 'TASK_NOT_FOUND')
})

void t.test('a retry queues like the first submission, where no device could run it', async (t) => {
  const world = await createWorld(t)
  await world.connect()
  const task_id = await submitEcho(world, { requirements: { min_cpu_cores: 64 }, queue_if_unavailable: true })
  await world.node.cluster.tasks.cancel({ task_id })
  const { new_task_id } = await world.node.cluster.tasks.retry({ task_id })
  t.match(await world.node.cluster.tasks.get({ task_id: new_task_id, wait: 0 }), {
    status: 'pending',
    queue_if_unavailable: true,
  })
})

void t.test('a full disk refuses new work, takes the memory back, and recovers', async (t) => {
  const world = await createWorld(t)
  await world.connect()
  world.store.fault = 'full'
  t.equal(await codeOf(submitEcho(world)), 'STORAGE_FULL')
  t.same((await world.node.cluster.status()).cluster_stats.tasks, { pending: 0, running: 0 })
  world.store.fault = undefined
  const task_id = await submitEcho(world)
  t.match(await world.node.cluster.tasks.get({ task_id, wait: 0 }), { attempt: 1 })
  t.same(world.broken, [], 'a full disk does not end the process')
  world.store.fault = 'broken'
  await t.rejects(submitEcho(world))
  t.equal(world.broken.length, 1, 'a store that cannot be trusted does')
  world.store.fault = undefined
})

void t.test('a cursor belongs to its filters', async (t) => {
  const world = await createWorld(t)
  for (let n = 0; n < 5; n += 1) await submitEcho(world)
  const { list } = world.node.cluster.tasks
  const first = await list({ limit: 2 })
  t.equal(first.tasks.length, 2)
  t.equal(first.total, 5)
  const cursor = first.next_cursor ?? ''
  await submitEcho(world)
  const second = await list({ limit: 2, cursor })
  const ids = [...first.tasks, ...second.tasks].map(({ task_id }) => task_id)
  t.equal(new Set(ids).size, 4, 'nothing is repeated though a task was added')
  t.equal(await codeOf(list({ limit: 2, cursor, status: 'pending' })), 'VALIDATION_ERROR')
  t.equal(await codeOf(list({ cursor: 'nonsense' })), 'VALIDATION_ERROR')
})

void t.test(
  'who waits for a task is handed its end: the store is not asked for what it has just been given',
  async (t) => {
    const world = await createWorld(t)
    const device = await world.connect()
    const { tasks } = world.node.cluster
    const task_id = await submitEcho(world)
    const waiting = tasks.get({ task_id, wait: 60 })
    const following = tasks.output({ task_id, offset: 0, wait: 60 })
    await settle()
    const asked: string[] = []
    const { task } = world.store
    t.intercept(world.store, 'task', {
      value: (id: string) => {
        asked.push(id)
        return task(id)
      },
    })
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await device.finish(run)
    const told = await waiting
    t.match(told, { status: 'completed' })
    t.match(await following, { ended: true })
    t.strictSame(asked, [])
    t.strictSame(told, await tasks.get({ task_id, wait: 0 }), 'and it is what everybody is told from then on')
    t.strictSame(asked, [task_id])
  },
)
