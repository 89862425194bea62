/** Cases of the operations on devices. Removal comes last: what is then gone stays gone. */
import type {
  DeviceBatchOutcome,
  DeviceDetail,
  DeviceList,
  DeviceRemoval,
  PingResults,
  TaskSubmitted,
} from '../../schemas/index.ts'
import type { Cases } from './cases.ts'
import { notModified } from './not-modified.ts'
import { ABSENT, WORKER } from './scene.ts'

const NOBODY = { params: { device_id: 'android-009' } }

/** By operation. */
export const deviceCases: Cases = {
  listDevices: async (walk) => {
    const all = await walk.succeed<DeviceList>('listDevices', 200)
    walk.t.match(all, { total: 2, online: 1, offline: 1, pending_approval: 0, next_cursor: null })
    walk.t.same(
      all.devices.map(({ id, status }) => ({ id, status })),
      [
        { id: WORKER, status: 'online' },
        { id: ABSENT, status: 'offline' },
      ],
    )
    const filtered = 'status=online&role=mobile&tag=pocket&tag=lab&sort=last_seen&order=asc&limit=1000'
    walk.t.match(await walk.succeed<DeviceList>('listDevices', 200, { query: filtered }), { devices: [{ id: WORKER }] })
    const { headers, text } = await walk.send('listDevices', 200, { query: { limit: '1' } })
    walk.t.match(headers.link, /^<\/api\/v1\/devices\?.*cursor=.+>; rel="next"$/)
    const { next_cursor } = (JSON.parse(text) as { data: DeviceList }).data
    const query = { limit: '1', cursor: next_cursor ?? '' }
    walk.t.match(await walk.succeed<DeviceList>('listDevices', 200, { query }), { devices: [{ id: ABSENT }] })
    await walk.refuse('listDevices', 'VALIDATION_ERROR', { query: { ...query, role: 'mobile' } })
    await notModified(walk, 'listDevices')
  },
  getDevice: async (walk) => {
    for (const device_id of [WORKER, ABSENT]) {
      const { device } = await walk.succeed<{ device: DeviceDetail }>('getDevice', 200, { params: { device_id } })
      walk.t.equal(device.id, device_id)
    }
    await notModified(walk, 'getDevice', { params: { device_id: ABSENT } })
    const { details } = await walk.refuse('getDevice', 'DEVICE_NOT_FOUND', NOBODY)
    walk.t.same(details, { device_id: 'android-009', available_devices: [WORKER, ABSENT] })
  },
  updateDevice: async ({ succeed, refuse, t }) => {
    const body = { display_name: 'The old Pixel', tags: ['pocket'], schedulable: true }
    const call = { params: { device_id: WORKER }, body }
    t.match((await succeed<{ device: DeviceDetail }>('updateDevice', 200, call)).device, body)
    await refuse('updateDevice', 'VALIDATION_ERROR', { ...call, body: {} })
    await refuse('updateDevice', 'DEVICE_NOT_FOUND', { ...NOBODY, body })
  },
  approveDevice: async ({ succeed, refuse, t }) => {
    const { device } = await succeed<{ device: DeviceDetail }>('approveDevice', 200, { params: { device_id: WORKER } })
    t.match(device, { id: WORKER, status: 'online' }, 'one that waits for nothing stays as it is')
    await refuse('approveDevice', 'DEVICE_NOT_FOUND', NOBODY)
  },
  updateDevices: async ({ succeed, refuse, t }) => {
    const body = { device_ids: [ABSENT, 'android-009'], set: { role: 'storage' } }
    t.same(await succeed<DeviceBatchOutcome>('updateDevices', 200, { body }), {
      outcomes: [
        { device_id: ABSENT, ok: true, code: null },
        { device_id: 'android-009', ok: false, code: 'DEVICE_NOT_FOUND' },
      ],
      changed: 1,
    })
    await refuse('updateDevices', 'VALIDATION_ERROR', { body: { ...body, tag: 'lab' } })
  },
  pingDevice: async ({ succeed, refuse, t }) => {
    type Ping = { ping_results: PingResults }
    const { ping_results } = await succeed<Ping>('pingDevice', 200, { params: { device_id: WORKER } })
    t.match(ping_results, { reachable: true, packet_loss: 0, results: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] })
    const body = { timeout: 0.1, count: 2 }
    t.same((await succeed<Ping>('pingDevice', 200, { params: { device_id: ABSENT }, body })).ping_results, {
      device_id: ABSENT,
      reachable: false,
      average_latency_ms: null,
      packet_loss: 100,
      results: [
        { seq: 1, time_ms: null },
        { seq: 2, time_ms: null },
      ],
    })
    await refuse('pingDevice', 'DEVICE_NOT_FOUND', NOBODY)
  },
  removeDevice: async ({ succeed, refuse, t }, { cancelled }) => {
    const params = { device_id: ABSENT }
    const body = { task_type: 'echo', payload: {}, device_id: ABSENT, queue_if_unavailable: true }
    await succeed<TaskSubmitted>('submitTask', 201, { body })
    t.match(await refuse('removeDevice', 'DEVICE_BUSY', { params }), { details: { unfinished_tasks: 1 } })
    const removal = await succeed<DeviceRemoval>('removeDevice', 200, { params, query: { force: 'true' } })
    t.same(removal, { removed_device: ABSENT, cancelled_tasks: 1 })
    await refuse('removeDevice', 'DEVICE_NOT_FOUND', { params })
    // What these asked for has gone with the device.
    await refuse('retryTask', 'DEVICE_NOT_FOUND', { params: { task_id: cancelled.onAbsent } })
    await refuse('retryTask', 'INVALID_TASK_TYPE', { params: { task_id: cancelled.ofCustomType } })
  },
}
