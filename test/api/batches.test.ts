import t from 'tap'
import type { BatchProgress, BatchSubmitted, TaskDetail, TaskList } from '../../schemas/index.ts'
import { settle } from '../cluster/fake-clock.ts'
import { startWorld } from './start-world.ts'

const echo = (more: object = {}) => ({ task_type: 'echo', payload: {}, ...more })

void t.test('a batch is answered with 201, its place and the ids in the order of the request', async (t) => {
  const { api, get } = await startWorld(t)
  const answer = await api.send('POST', '/api/v1/tasks/batch', {
    tasks: [echo({ priority: 'high' }), echo({ priority: 'low' }), { task_type: 'sleep', payload: { duration: 1 } }],
  })
  t.equal(answer.status, 201)
  const { batch_id, task_ids } = answer.json().data as unknown as BatchSubmitted
  t.equal(answer.headers.location, `/api/v1/tasks/batch/${batch_id}`)
  t.equal(task_ids.length, 3)
  const tasks = await Promise.all(task_ids.map((id) => get<{ task: TaskDetail }>(`/tasks/${id}`)))
  t.match(
    tasks.map(({ task }) => [task.priority, task.task_type, task.batch_id]),
    [
      ['high', 'echo', batch_id],
      ['low', 'echo', batch_id],
      ['normal', 'sleep', batch_id],
    ],
  )
  t.match(await get(String(answer.headers.location).replace('/api/v1', '')), { batch_id, total: 3, pending: 3 })
})

void t.test('one bad task refuses the whole batch, and the refusal says which', async (t) => {
  const { world, refusal, get } = await startWorld(t)
  const device = await world.connect({ device_id: 'a' })
  const gone = await world.connect({ device_id: 'gone' })
  gone.session.goodbye()
  await gone.drop()
  const bad: [task: object, code: string, status: number][] = [
    [{ task_type: 'nope', payload: {} }, 'INVALID_TASK_TYPE', 400],
    [echo({ device_id: 'nobody' }), 'DEVICE_NOT_FOUND', 404],
    [echo({ device_id: 'gone' }), 'DEVICE_OFFLINE', 400],
    [echo({ requirements: { min_cpu_cores: 4000 } }), 'INSUFFICIENT_RESOURCES', 400],
    [{ task_type: 'command', payload: { command: ['true'] } }, 'INSUFFICIENT_RESOURCES', 400],
  ]
  for (const [task, code, status] of bad) {
    const error = await refusal('POST', '/tasks/batch', { tasks: [echo(), echo(), task, echo()] })
    t.equal(error.status, status, code)
    t.equal(error.code, code)
    t.equal(error.details?.path, '/tasks/2', code)
  }
  for (const [tasks, path] of [
    [[echo(), echo({ timeout: 0 })], '/tasks/1/timeout'],
    [[], '/tasks'],
    [Array.from({ length: 1001 }, () => echo()), '/tasks'],
    [[echo(), { task_type: 'echo' }], '/tasks/1/payload'],
  ] as const) {
    const error = await refusal('POST', '/tasks/batch', { tasks })
    t.equal(error.status, 400)
    t.equal(error.details?.issues?.[0]?.path, path)
  }
  t.equal((await get<TaskList>('/tasks')).total, 0, 'nothing was taken in')
  t.equal(device.runs.length, 0, 'and nothing was given to a device')
})

void t.test('a batch may have 1,000 tasks and 16 MiB, and no more', async (t) => {
  const { api, send, get } = await startWorld(t)
  const { task_ids, batch_id } = await send<BatchSubmitted>('POST', '/tasks/batch', {
    tasks: Array.from({ length: 1000 }, () => echo({ payload: { message: 'x'.repeat(14_000) } })),
  })
  t.equal(new Set(task_ids).size, 1000)
  t.equal((await get<BatchProgress>(`/tasks/batch/${batch_id}`)).total, 1000)
  const headers = { 'Content-Type': 'application/json' }
  const body = Buffer.alloc(16 * 1024 * 1024 + 1, ' ')
  const { status, error } = await api.call('POST', '/api/v1/tasks/batch', { headers, body }).then((answer) => ({
    ...answer.json(),
    status: answer.status,
  }))
  t.equal(status, 413)
  t.strictSame(error?.details, { limit_bytes: 16 * 1024 * 1024 })
})

void t.test('several submissions may name the same batch; it counts all their tasks', async (t) => {
  const { world, send, get, refusal } = await startWorld(t)
  const batch_id = 'nightly.2026-11-24'
  await send('POST', '/tasks/batch', { batch_id, tasks: [echo(), echo()] })
  await send('POST', '/tasks/batch', { batch_id, tasks: [echo()] })
  await send('POST', '/tasks', echo({ batch_id }))
  t.match(await get(`/tasks/batch/${batch_id}`), { total: 4, pending: 4, progress: 0, finished_at: null })
  const device = await world.connect()
  for (const outcome of ['completed', 'failed', 'completed'] as const) {
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await device.start(run)
    const error = outcome === 'failed' ? { code: 'TASK_ERROR', message: 'no' } : null
    await device.finish(run, { outcome, error })
  }
  await settle()
  t.match(await get(`/tasks/batch/${batch_id}`), { total: 4, completed: 2, failed: 1, pending: 1, progress: 75 })
  t.equal((await get<TaskList>(`/tasks?batch_id=${batch_id}`)).total, 4)
  const missing = await refusal('GET', '/tasks/batch/never')
  t.equal(missing.status, 404)
  t.equal(missing.code, 'NOT_FOUND')
})

void t.test('with wait, a batch is answered as soon as all of it is final, or after that long', async (t) => {
  const { world, send, get } = await startWorld(t)
  const device = await world.connect()
  const { batch_id } = await send<BatchSubmitted>('POST', '/tasks/batch', { tasks: [echo(), echo()] })
  let answered = false
  const waiting = get<BatchProgress>(`/tasks/batch/${batch_id}?wait=60`).finally(() => (answered = true))
  for (const [run, isLast] of device.runs.map((run, index) => [run, index === 1] as const)) {
    // Whatever is going to be answered has been, once another request went through and came back.
    await get(`/tasks/batch/${batch_id}`)
    t.equal(answered, false, 'it waits for the last one')
    await device.finish(run)
    if (!isLast) t.match(await get(`/tasks/batch/${batch_id}`), { completed: 1, progress: 50 })
  }
  t.match(await waiting, { total: 2, completed: 2, progress: 100 })
  const second = await send<BatchSubmitted>('POST', '/tasks/batch', { tasks: [echo()] })
  const late = get<BatchProgress>(`/tasks/batch/${second.batch_id}?wait=5`)
  await get('/cluster/status')
  await world.clock.advance(5000)
  t.match(await late, { total: 1, completed: 0 }, 'after that long with what it is then')
})

void t.test('the literal paths beside the ids of tasks lead where they should', async (t) => {
  const { api, get } = await startWorld(t)
  t.ok((await get<{ task_types: unknown[] }>('/tasks/types')).task_types.length >= 7)
  t.equal((await api.call('GET', '/api/v1/tasks/batch/types')).json().error?.code, 'NOT_FOUND', 'a batch, not a task')
  t.equal((await api.call('GET', '/api/v1/tasks/batch')).json().error?.code, 'TASK_NOT_FOUND')
  t.equal((await api.call('DELETE', '/api/v1/tasks/types')).json().error?.code, 'TASK_NOT_FOUND')
})
