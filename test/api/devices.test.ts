import t from 'tap'
import type { DeviceBatchOutcome, DeviceDetail, DeviceList, TaskDetail, TaskSubmitted } from '../../schemas/index.ts'
import { startWorld } from './start-world.ts'

void t.test('what the owner changes of a device shows at once; what is not named stays', async (t) => {
  const { world, get, send } = await startWorld(t)
  const player = await world.connect({ device_id: 'd', role: 'compute', tags: ['a'] })
  const { device } = await send<{ device: DeviceDetail }>('PATCH', '/devices/d', {
    display_name: 'Shelf 3',
    tags: ['b', 'c'],
  })
  t.match(device, { id: 'd', display_name: 'Shelf 3', tags: ['b', 'c'], role: 'compute', schedulable: true })
  t.strictSame((await get<{ device: DeviceDetail }>('/devices/d')).device, device, 'the answer is the device as it is')
  await send('PATCH', '/devices/d', { schedulable: false })
  const { task_id, assigned_device } = await send<TaskSubmitted>('POST', '/tasks', { task_type: 'echo', payload: {} })
  t.equal(assigned_device, null, 'a drained device gets nothing new')
  t.match(await get<{ task: TaskDetail }>(`/tasks/${task_id}`), {
    task: { pending_reason: { code: 'devices_drained' } },
  })
  await send('PATCH', '/devices/d', { schedulable: true, display_name: null })
  t.equal(player.runs.length, 1, 'and gets what waited once it is schedulable again')
  t.match(await get('/devices/d'), { device: { display_name: null, tags: ['b', 'c'] } })
})

void t.test('a change that is none, or not possible, is refused', async (t) => {
  const { world, refusal } = await startWorld(t)
  await world.connect({ device_id: 'd' })
  t.equal((await refusal('PATCH', '/devices/nobody', { role: 'x' })).code, 'DEVICE_NOT_FOUND')
  for (const body of [{}, { role: null }, { role: '' }, { tags: ['a', 'a'] }, { id: 'e' }, { schedulable: 'no' }])
    t.equal((await refusal('PATCH', '/devices/d', body)).code, 'VALIDATION_ERROR', JSON.stringify(body))
})

void t.test('one call changes, approves or removes many devices, with an outcome for each', async (t) => {
  const { world, get, send, refusal } = await startWorld(t)
  for (const device_id of ['a', 'b', 'c']) await world.connect({ device_id, tags: device_id === 'c' ? [] : ['lab'] })
  const batch = (body: object) => send<DeviceBatchOutcome>('POST', '/devices/batch', body)
  t.strictSame(await batch({ tag: 'lab', set: { role: 'storage' } }), {
    outcomes: ['a', 'b'].map((device_id) => ({ device_id, ok: true, code: null })),
    changed: 2,
  })
  t.equal((await get<DeviceList>('/devices?role=storage')).total, 2)
  await send('POST', '/tasks', { task_type: 'echo', payload: {}, device_id: 'b' })
  t.strictSame(await batch({ device_ids: ['a', 'b', 'nobody'], remove: {} }), {
    outcomes: [
      { device_id: 'a', ok: true, code: null },
      { device_id: 'b', ok: false, code: 'DEVICE_BUSY' },
      { device_id: 'nobody', ok: false, code: 'DEVICE_NOT_FOUND' },
    ],
    changed: 1,
  })
  t.strictSame(
    (await get<DeviceList>('/devices')).devices.map(({ id }) => id),
    ['b', 'c'],
  )
  t.match(await batch({ device_ids: ['b'], remove: { force: true } }), { changed: 1 })
  t.match(await batch({ tag: 'nothing', approve: true }), { outcomes: [], changed: 0 })
  for (const body of [
    {},
    { tag: 'lab' },
    { set: { role: 'x' } },
    { tag: 'lab', device_ids: ['c'], approve: true },
    { tag: 'lab', approve: true, remove: {} },
    { tag: 'lab', approve: false },
    { tag: 'lab', set: {} },
    { device_ids: [], approve: true },
    { device_ids: ['c', 'c'], approve: true },
    { device_ids: Array.from({ length: 1001 }, (_, index) => `d${index}`), approve: true },
  ])
    t.equal((await refusal('POST', '/devices/batch', body)).code, 'VALIDATION_ERROR', JSON.stringify(body).slice(0, 80))
})

void t.test('the literal path beside the ids of devices leads where it should', async (t) => {
  const { world, get, api } = await startWorld(t)
  await world.connect({ device_id: 'batch' })
  t.match(await get('/devices/batch'), { device: { id: 'batch' } }, 'a device may be called so')
  t.equal((await api.call('PUT', '/api/v1/devices/batch')).headers.allow, 'DELETE, GET, HEAD, PATCH, POST')
})
