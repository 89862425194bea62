import t from 'tap'
import type { DeviceDetail, TaskDetail, TaskRetried, TaskSubmitted } from '../../schemas/index.ts'
import { startWorld } from './start-world.ts'

const echo = { task_type: 'echo', payload: { message: 'hi' } }

void t.test('a submission that waits bears the task, as soon as it is final or after that long', async (t) => {
  const { world, send, get } = await startWorld(t)
  const device = await world.connect({ device_id: 'd' })
  let answered = false
  const waiting = send<TaskSubmitted>('POST', '/tasks?wait=60', echo).finally(() => (answered = true))
  // The task is taken in and given away while its submission waits.
  while (device.runs.length === 0) await get('/cluster/status')
  t.equal(answered, false)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
  t.match(await waiting, { task_id: run.task_id, task: { status: 'completed', result: { output: 'done' } } })
  const late = send<TaskSubmitted>('POST', '/tasks?wait=5', echo)
  while (device.runs.length === 0) await get('/cluster/status')
  await world.clock.advance(5000)
  t.match(await late, { assigned_device: 'd', task: { status: 'pending', pending_reason: { code: 'assigned' } } })
  t.notOk('task' in (await send<TaskSubmitted>('POST', '/tasks', echo)), 'without wait there is no task')
})

void t.test('a retry is a new task with the same work, and is refused as a submission would be', async (t) => {
  const { world, api, send, get, refusal } = await startWorld(t)
  const device = await world.connect({ device_id: 'd' })
  const fail = async (submission: object) => {
    const { task_id } = await send<TaskSubmitted>('POST', '/tasks', submission)
    const run = device.runs.find((each) => each.task_id === task_id)
    if (run === undefined) throw new Error('the device got no task')
    await device.start(run)
    t.equal((await refusal('POST', `/tasks/${task_id}/retry`)).code, 'TASK_NOT_RETRYABLE', 'while it runs')
    await device.finish(run, { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'no' } })
    return task_id
  }
  const anywhere = await fail({ ...echo, priority: 'low', metadata: { a: 'b' } })
  const { new_task_id, original_task_id } = await send<TaskRetried>('POST', `/tasks/${anywhere}/retry`, {
    priority: 'urgent',
  })
  t.equal(original_task_id, anywhere)
  const { task } = await get<{ task: TaskDetail }>(`/tasks/${new_task_id}`)
  t.match(task, { original_task_id: anywhere, priority: 'urgent', metadata: { a: 'b' }, payload: { message: 'hi' } })
  const pinned = await fail({ ...echo, device_id: 'd' })
  device.session.goodbye()
  await device.drop()
  t.match((await get<{ device: DeviceDetail }>('/devices/d')).device, { status: 'offline' })
  t.equal((await refusal('POST', `/tasks/${pinned}/retry`)).code, 'DEVICE_OFFLINE')
  t.equal((await api.call('DELETE', '/api/v1/devices/d?force=true')).status, 200)
  t.equal((await refusal('POST', `/tasks/${pinned}/retry`)).code, 'DEVICE_NOT_FOUND')
  t.equal((await refusal('POST', '/tasks/task-none/retry')).code, 'TASK_NOT_FOUND')
})

void t.test('a cancellation is answered at once, is final, and tells whether the task was running', async (t) => {
  const { world, api, send, get, refusal } = await startWorld(t)
  const device = await world.connect()
  const cancel = async (task_id: string) =>
    (await api.call('DELETE', `/api/v1/tasks/${task_id}`)).json().data as unknown as { was_running: boolean }
  const { task_id } = await send<TaskSubmitted>('POST', '/tasks', echo)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  t.strictSame(await cancel(task_id), { cancelled_task: task_id, was_running: true })
  t.match(await get(`/tasks/${task_id}`), { task: { status: 'cancelled' } })
  t.equal(device.cancels.length, 1, 'the device is told')
  const again = await refusal('DELETE', `/tasks/${task_id}`)
  t.equal(again.status, 409)
  t.match(again, { code: 'TASK_NOT_CANCELLABLE', details: { task_id, task_status: 'cancelled' } })
  await device.finish(run)
  t.match(
    await get(`/tasks/${task_id}`),
    { task: { status: 'cancelled' } },
    'a result that comes later changes nothing',
  )
  const { task_id: waiting } = await send<TaskSubmitted>('POST', '/tasks', {
    ...echo,
    requirements: { min_cpu_cores: 1000 },
    queue_if_unavailable: true,
  })
  t.strictSame(await cancel(waiting), { cancelled_task: waiting, was_running: false })
})
