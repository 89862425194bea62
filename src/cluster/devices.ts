/** The operations on devices. */
import {
  type DeviceDetail,
  type DeviceList,
  type DeviceListQuery,
  type PingRequest,
  type PingResults,
} from '../../schemas/index.ts'
import type { Cluster } from './cluster.ts'
import { fromCursor, toCursor } from './cursor.ts'
import {
  approveDevice,
  changeDevices,
  type ChangeContext,
  findDevice,
  removeDevice,
  updateDevice,
} from './device-changes.ts'
import type { History } from './history.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/records.ts'
import { keepLast } from './same.ts'
import type { Views } from './views.ts'

/** What the operations work with. */
export type DeviceContext = ChangeContext & {
  readonly history: History
  readonly views: Views
  readonly clock: Clock
}

const DEFAULT_LIMIT = 100
/** Listings whose last answer is kept, by their queries: those of a few dashboards. */
const KEPT_LISTS = 16
const DEFAULT_PING = { timeout: 5, count: 3 }

type Position = readonly [value: number | string, id: string]
const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) &&
  value.length === 2 &&
  ['number', 'string'].includes(typeof value[0]) &&
  typeof value[1] === 'string'

/** What a listing is sorted by; a figure that nobody knows sorts before all others. */
const sortValue = (sort: DeviceListQuery['sort'], device: DeviceRecord, { fleet, views }: DeviceContext) => {
  switch (sort) {
    case 'cpu':
      return fleet.current(device).telemetry.cpu_usage ?? -1
    case 'memory': {
      const { telemetry, profile } = fleet.current(device)
      return telemetry.memory_used_gb === null || !profile.memory_total_gb
        ? -1
        : telemetry.memory_used_gb / profile.memory_total_gb
    }
    case 'last_seen':
      return views.lastSeenMs(device)
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
  const { state, fleet, work, history, views, clock } = context

  const keepList = keepLast<DeviceList>(KEPT_LISTS)

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
      const position: Position = [sortValue(sort, device, context), device.id]
      if (after !== undefined && compare(position, after) * direction <= 0) continue
      rows.push({ device, position })
    }
    rows.sort((a, b) => compare(a.position, b.position) * direction)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    const devices = page.map(({ device }) => views.device(device))
    const hasMore = rows.length > limit
    return keepList(JSON.stringify(query), [...devices, ...Object.values(counts), hasMore], () => ({
      devices,
      ...counts,
      next_cursor: hasMore && last !== undefined ? toCursor(last.position, filters) : null,
    }))
  }

  const detail = async (device_id: string): Promise<DeviceDetail> => {
    const seen = await work.read(() => {
      const record = findDevice(state, device_id)
      return {
        view: views.device(record),
        record: fleet.current(record),
        address: fleet.of(device_id).link?.address ?? null,
      }
    })
    const { profile, telemetry, learned, offer, unclean_stops } = seen.record
    const { programs, lacks, failures, probation } = learned
    return {
      ...seen.view,
      policy: offer.policy ?? null,
      probation: probation && {
        failures,
        until: toInstant(probation.until_ms),
        pause_seconds: probation.seconds,
      },
      learned: {
        programs: [...programs],
        lacks: lacks.map(({ kind, name, input_kib, since_ms }) => ({
          kind,
          name,
          input_kib,
          since: toInstant(since_ms),
        })),
      },
      unclean_stops: [...unclean_stops],
      detailed_info: {
        capabilities: profile.capabilities,
        network_interfaces: profile.network_interfaces,
        sensors: profile.sensors,
        battery: telemetry.battery,
        model: profile.model,
        cpu_model: profile.cpu_model,
        cores: profile.cores ?? null,
        gpu: profile.gpu ?? null,
        battery_health: profile.battery_health ?? null,
        benchmark: profile.benchmark ?? null,
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
    const link = await work.read(() => fleet.of(findDevice(state, device_id).id).link)
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

  return {
    list: (query) => work.read(() => list(query)),
    get: ({ device_id }) => detail(device_id),
    ping: ({ device_id, ...request }) => ping(device_id, request),
    update: async ({ device_id, patch }) => {
      await updateDevice(context, device_id, patch)
      return detail(device_id)
    },
    approve: async ({ device_id }) => {
      await approveDevice(context, device_id)
      return detail(device_id)
    },
    batch: (batch) => changeDevices(context, batch),
    remove: ({ device_id, force }) => removeDevice(context, device_id, force),
  }
}
