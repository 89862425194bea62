/** The operations on devices. */
import {
  closeCodes,
  type DeviceDetail,
  type DeviceList,
  type DeviceListQuery,
  type DeviceRemoval,
  type PingRequest,
  type PingResults,
} from '../../schemas/index.ts'
import { deviceNotFound } from './admission.ts'
import { refOf } from './attempt.ts'
import type { Cluster } from './cluster.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { ClusterError } from './errors.ts'
import type { Fleet } from './fleet.ts'
import type { History } from './history.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Liveness } from './liveness.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/store.ts'
import type { State } from './state.ts'
import type { Telemetries } from './telemetry.ts'
import type { UnitOfWork } from './unit-of-work.ts'
import type { Views } from './views.ts'

/** What the operations work with. */
export type DeviceContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly work: UnitOfWork
  readonly lifecycle: Lifecycle
  readonly liveness: Liveness
  readonly telemetries: Telemetries
  readonly history: History
  readonly views: Views
  readonly clock: Clock
}

const DEFAULT_LIMIT = 100
const DEFAULT_PING = { timeout: 5, count: 3 }

type Position = readonly [value: number | string, id: string]
const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) &&
  value.length === 2 &&
  ['number', 'string'].includes(typeof value[0]) &&
  typeof value[1] === 'string'

/** What a listing is sorted by; a figure that nobody knows sorts before all others. */
const sortValue = (sort: DeviceListQuery['sort'], device: DeviceRecord, lastSeenMs: number): number | string => {
  const { telemetry, profile } = device
  switch (sort) {
    case 'cpu':
      return telemetry.cpu_usage ?? -1
    case 'memory':
      return telemetry.memory_used_gb === null || !profile.memory_total_gb
        ? -1
        : telemetry.memory_used_gb / profile.memory_total_gb
    case 'last_seen':
      return lastSeenMs
    case 'name':
    case undefined:
      return device.id
  }
}

const compare = (a: Position, b: Position) => {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] < b[1] ? -1 : a[1] === b[1] ? 0 : 1
}

/** The operations. */
export const createDeviceOperations = (context: DeviceContext): Cluster['devices'] => {
  const { state, fleet, work, lifecycle, liveness, telemetries, history, views, clock } = context

  const find = (device_id: string): DeviceRecord => {
    const device = state.devices.get(device_id)
    if (device === undefined) throw deviceNotFound(device_id, state.devices.values())
    return device
  }

  const list = (query: DeviceListQuery): DeviceList => {
    const { status = 'all', role = 'all', platform, tag = [], sort = 'name', limit = DEFAULT_LIMIT, cursor } = query
    const order = query.order ?? (sort === 'last_seen' ? 'desc' : 'asc')
    const filters = { status, role, platform, tag, sort, order }
    const after = cursor === undefined ? undefined : fromCursor(cursor, filters, isPosition)
    const direction = order === 'asc' ? 1 : -1
    const counts = { total: 0, online: 0, offline: 0, pending_approval: 0 }
    const rows: { device: DeviceRecord; position: Position }[] = []
    for (const device of state.devices.values()) {
      if (role !== 'all' && device.role !== role) continue
      if (platform !== undefined && device.profile.platform.os !== platform) continue
      if (!tag.every((one) => device.tags.includes(one))) continue
      counts.total += 1
      counts[device.status] += 1
      if (status !== 'all' && device.status !== status) continue
      const position: Position = [sortValue(sort, fleet.current(device), views.lastSeenMs(device)), device.id]
      if (after !== undefined && compare(position, after) * direction <= 0) continue
      rows.push({ device, position })
    }
    rows.sort((a, b) => compare(a.position, b.position) * direction)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      devices: page.map(({ device }) => views.device(device)),
      ...counts,
      next_cursor: rows.length > limit && last !== undefined ? toCursor(last.position, filters) : null,
    }
  }

  const detail = async (device_id: string): Promise<DeviceDetail> => {
    const seen = await work.read(() => {
      const record = find(device_id)
      return {
        view: views.device(record),
        record: fleet.current(record),
        address: fleet.of(device_id).link?.address ?? null,
      }
    })
    const { profile, telemetry } = seen.record
    return {
      ...seen.view,
      detailed_info: {
        capabilities: profile.capabilities,
        network_interfaces: profile.network_interfaces,
        sensors: profile.sensors,
        battery: telemetry.battery,
        model: profile.model,
        cpu_model: profile.cpu_model,
        temperature_celsius: telemetry.temperature_celsius,
        network_rx_bytes_per_second: telemetry.network_rx_bytes_per_second,
        network_tx_bytes_per_second: telemetry.network_tx_bytes_per_second,
        load_average_1m: telemetry.load_average_1m,
        metered: telemetry.metered,
        worker_version: profile.worker_version,
        address: seen.address,
      },
      performance_history: await history.lastDay(device_id),
    }
  }

  const ping = async (device_id: string, request: PingRequest): Promise<PingResults> => {
    const { timeout, count } = { ...DEFAULT_PING, ...request }
    const link = await work.read(() => fleet.of(find(device_id).id).link)
    const results: PingResults['results'] = []
    for (let seq = 1; seq <= count; seq += 1) {
      const began = clock.monotonic()
      const time_ms =
        link === null
          ? null
          : await link.request('device.ping', {}, timeout * 1000).then(
              () => Math.round((clock.monotonic() - began) * 1000) / 1000,
              // No answer in time, or the connection closed: the figure for that is null.
              () => null,
            )
      results.push({ seq, time_ms })
    }
    const times = results.map(({ time_ms }) => time_ms).filter((time) => time !== null)
    return {
      device_id,
      reachable: times.length > 0,
      average_latency_ms:
        times.length === 0
          ? null
          : Math.round((times.reduce((sum, time) => sum + time, 0) / times.length) * 1000) / 1000,
      packet_loss: Math.round(((count - times.length) / count) * 1000) / 10,
      results,
    }
  }

  const remove = (device_id: string, force: boolean): Promise<DeviceRemoval> =>
    work.run((tx) => {
      const device = find(device_id)
      const unfinished = [
        ...[...state.assignedTo(device_id)].map((task_id) => state.tasks.get(task_id)),
        ...state.pinnedTo(device_id),
      ].filter((record) => record !== undefined)
      if (unfinished.length > 0 && !force)
        throw new ClusterError('DEVICE_BUSY', { device_id, unfinished_tasks: unfinished.length })
      const { link } = fleet.of(device_id)
      for (const record of unfinished) {
        lifecycle.cancelled(tx, record, `its device ${device_id} was removed`)
        if (record.task.device_id === device_id) tx.after(() => link?.notify('task.cancel', refOf(record)))
      }
      tx.removeDevice(device_id)
      tx.record({ type: 'device_removed', device_id: device.id })
      tx.log('info', {
        component: 'device_registry',
        device_id,
        task_id: null,
        message: `device ${device_id} was removed`,
        details: { cancelled_tasks: unfinished.length },
      })
      tx.after(() => {
        liveness.unwatch(device_id)
        telemetries.forget(device_id)
        fleet.forget(device_id)
        link?.close(closeCodes.removed, 'this device was removed from the cluster')
      })
      return () => ({ removed_device: device_id, cancelled_tasks: unfinished.length })
    })

  return {
    list: (query) => work.read(() => list(query)),
    get: ({ device_id }) => detail(device_id),
    ping: ({ device_id, ...request }) => ping(device_id, request),
    remove: ({ device_id, force }) => remove(device_id, force),
  }
}
