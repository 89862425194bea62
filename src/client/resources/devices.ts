/** Devices. */
import type { CallOptions, Connection } from '../connection.ts'
import type { BodyOf, DataOf, Device, QueryOf } from '../operations.ts'
import { walk } from '../pages.ts'

type Filters = Omit<QueryOf<'listDevices'>, 'cursor'>

/**
 * Seconds that a ping may take beyond an answer: each of its round trips may take its whole timeout. What is not named is as the
 * API has it.
 */
export const pingSeconds = ({ timeout = 5, count = 3 }: BodyOf<'pingDevice'>): number => timeout * count

/** The operations on devices. */
export interface DevicesResource {
  /** One page of the devices. */
  list(query?: QueryOf<'listDevices'>, call?: CallOptions): Promise<DataOf<'listDevices'>>
  /** All devices that match, page after page: `for await (const device of client.devices.iterate())`. */
  iterate(filters?: Filters, call?: CallOptions): AsyncGenerator<Device, void, undefined>
  get(device_id: string, call?: CallOptions): Promise<DataOf<'getDevice'>['device']>
  /** A round trip over the device's own connection. */
  ping(device_id: string, body?: BodyOf<'pingDevice'>, call?: CallOptions): Promise<DataOf<'pingDevice'>>
  /** Changes the device's role, tags or name; `schedulable: false` drains it. */
  update(
    device_id: string,
    patch: BodyOf<'updateDevice'>,
    call?: CallOptions,
  ): Promise<DataOf<'updateDevice'>['device']>
  /** Lets in a device that waits for its approval. */
  approve(device_id: string, call?: CallOptions): Promise<DataOf<'approveDevice'>['device']>
  /** Changes, approves or removes many devices by one call. */
  batch(body: BodyOf<'updateDevices'>, call?: CallOptions): Promise<DataOf<'updateDevices'>>
  /** Removes a device. One that still has tasks is refused with `DEVICE_BUSY`, unless `force` cancels them. */
  remove(device_id: string, query?: QueryOf<'removeDevice'>, call?: CallOptions): Promise<DataOf<'removeDevice'>>
}

/** The operations on devices, over a connection. */
export const devicesResource = (connection: Connection): DevicesResource => {
  const list: DevicesResource['list'] = (query = {}, call = {}) => connection.call('listDevices', { query, call })
  return {
    list,
    iterate: (filters = {}, call = {}) =>
      walk(
        (cursor) => list(cursor === undefined ? filters : { ...filters, cursor }, call),
        ({ devices }) => devices,
      ),
    get: async (device_id, call = {}) => (await connection.call('getDevice', { path: { device_id }, call })).device,
    ping: (device_id, body = {}, call = {}) =>
      connection.call('pingDevice', { path: { device_id }, body, waitSeconds: pingSeconds(body), call }),
    update: async (device_id, body, call = {}) =>
      (await connection.call('updateDevice', { path: { device_id }, body, call })).device,
    approve: async (device_id, call = {}) =>
      (await connection.call('approveDevice', { path: { device_id }, call })).device,
    batch: (body, call = {}) => connection.call('updateDevices', { body, call }),
    remove: (device_id, query = {}, call = {}) => connection.call('removeDevice', { path: { device_id }, query, call }),
  }
}
