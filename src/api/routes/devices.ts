/** The devices of the cluster. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginCallback } from 'fastify'
import {
  DeviceBatch,
  DeviceListQuery,
  DeviceParams,
  DevicePatch,
  DeviceRemoveQuery,
  PingRequest,
} from '../../../schemas/index.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { DeviceAnswer, DeviceBatchAnswer, DeviceListAnswer, DeviceRemovalAnswer, PingAnswer } from '../answers.ts'
import {
  deviceBatch,
  deviceBatchOutcome,
  deviceDetail,
  deviceList,
  devicePatch,
  deviceRemoval,
  pingRequest,
  pingResults,
} from '../examples/devices.ts'
import { operation } from '../operation/json.ts'

/** `/devices/…`. */
const deviceRoutes: FastifyPluginCallback<{ readonly cluster: Cluster }> = (instance, { cluster }, done) => {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/devices',
    operation({
      id: 'listDevices',
      tag: 'devices',
      scope: 'read',
      summary: 'The registered devices, page by page',
      description:
        'The counts speak of all devices that match the filters (the status filter aside), not of the page. Follow `next_cursor` with the same filters.',
      query: DeviceListQuery,
      etag: 'weak',
      paged: true,
      answer: DeviceListAnswer,
      example: { data: deviceList },
    }),
    ({ query }) => cluster.devices.list(query),
  )

  app.get(
    '/devices/:device_id',
    operation({
      id: 'getDevice',
      tag: 'devices',
      scope: 'read',
      summary: 'One device, with all that is known of it',
      params: DeviceParams,
      etag: 'weak',
      answer: DeviceAnswer,
      errors: ['DEVICE_NOT_FOUND'],
      example: { data: { device: deviceDetail } },
    }),
    async ({ params }) => ({ device: await cluster.devices.get(params) }),
  )

  app.patch(
    '/devices/:device_id',
    operation({
      id: 'updateDevice',
      tag: 'devices',
      scope: 'admin',
      summary: 'Change what the owner decides of a device',
      description:
        'Its role, its tags, its name, and whether it gets new tasks: `schedulable: false` drains it. Answers with the device as it is then.',
      params: DeviceParams,
      body: DevicePatch,
      answer: DeviceAnswer,
      errors: ['DEVICE_NOT_FOUND', 'STORAGE_FULL'],
      example: { request: devicePatch, data: { device: { ...deviceDetail, ...devicePatch } } },
    }),
    async ({ params, body }) => ({ device: await cluster.devices.update({ ...params, patch: body }) }),
  )

  app.post(
    '/devices/:device_id/approve',
    operation({
      id: 'approveDevice',
      tag: 'devices',
      scope: 'admin',
      summary: 'Let in a device that waits for its approval',
      description:
        'Where the node requires approval (`--require-approval`), a device that joins is `pending_approval`, and gets no tasks before this. One that waits for nothing stays as it is. Answers with the device as it is then; many at once: `POST /devices/batch`.',
      params: DeviceParams,
      answer: DeviceAnswer,
      errors: ['DEVICE_NOT_FOUND', 'STORAGE_FULL'],
      example: { data: { device: deviceDetail } },
    }),
    async ({ params }) => ({ device: await cluster.devices.approve(params) }),
  )

  app.post(
    '/devices/batch',
    operation({
      id: 'updateDevices',
      tag: 'devices',
      scope: 'admin',
      summary: 'Do one thing to many devices',
      description:
        'To those that are named, or to all that bear a tag, up to 1000: change them, approve them, or remove them. Counts as one write; the answer has an outcome for each device.',
      body: DeviceBatch,
      target: '/outcomes',
      answer: DeviceBatchAnswer,
      errors: ['STORAGE_FULL'],
      example: { request: deviceBatch, data: deviceBatchOutcome },
    }),
    ({ body }) => cluster.devices.batch(body),
  )

  app.delete(
    '/devices/:device_id',
    operation({
      id: 'removeDevice',
      tag: 'devices',
      scope: 'admin',
      summary: 'Remove a device from the cluster',
      description:
        'Revokes its credential: its worker ends, and can join anew only with a join token made since. A device with unfinished tasks is removed only with `force=true`, which cancels them.',
      params: DeviceParams,
      query: DeviceRemoveQuery,
      answer: DeviceRemovalAnswer,
      errors: ['DEVICE_NOT_FOUND', 'DEVICE_BUSY', 'STORAGE_FULL'],
      example: { data: deviceRemoval },
    }),
    ({ params, query }) => cluster.devices.remove({ ...params, force: query.force ?? false }),
  )

  app.post(
    '/devices/:device_id/ping',
    operation({
      id: 'pingDevice',
      tag: 'devices',
      scope: 'write',
      summary: 'Measure round trips to a device',
      description: 'Over the device’s own connection. A device that does not answer is an answer, not an error.',
      params: DeviceParams,
      body: PingRequest,
      answer: PingAnswer,
      errors: ['DEVICE_NOT_FOUND'],
      example: { request: pingRequest, data: { ping_results: pingResults } },
    }),
    async ({ params, body }) => ({ ping_results: await cluster.devices.ping({ ...params, ...body }) }),
  )

  done()
}

export default deviceRoutes
