/** One page of the devices. Those of an order by id are walked from where the page begins; only other orders are sorted for. */
import type { DeviceList, DeviceListQuery } from '../../schemas/index.ts'
import { fromCursor, toCursor } from './cursor.ts'
import type { Fleet } from './fleet.ts'
import type { DeviceRecord } from './ports/records.ts'
import { keepLast } from './same.ts'
import type { Sorted } from './sorted.ts'
import type { State } from './state.ts'
import type { Views } from './views.ts'

/** What a listing is made from. */
export type ListingContext = { readonly state: State; readonly fleet: Fleet; readonly views: Views }

const DEFAULT_LIMIT = 100
/** Listings whose last answer is kept, by their queries: those of a few dashboards. */
const KEPT_LISTS = 16

type Position = readonly [value: number | string, id: string]
const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) &&
  value.length === 2 &&
  ['number', 'string'].includes(typeof value[0]) &&
  typeof value[1] === 'string'

type Row = { readonly device: DeviceRecord; readonly position: Position }
type Order = NonNullable<DeviceListQuery['order']>
type Sort = NonNullable<DeviceListQuery['sort']>

/** What a listing is sorted by; a figure that nobody knows sorts before all others. */
const sortValue = (sort: Sort, device: DeviceRecord, { fleet, views }: ListingContext) => {
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
      return device.id
  }
}

const compare = (a: Position, b: Position) => {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] < b[1] ? -1 : a[1] === b[1] ? 0 : 1
}

/** The ids that come after one, which need not be registered any more; all of them where there is none. */
function* idsAfter(ids: Sorted<string>, order: Order, after: string | undefined): Generator<string> {
  const step = order === 'asc' ? 1 : -1
  const first = order === 'asc' ? 0 : ids.size - 1
  let place = first
  if (after !== undefined) {
    const found = ids.placeOf(after)
    place = order === 'desc' ? found - 1 : ids.at(found) === after ? found + 1 : found
  }
  for (let id = ids.at(place); id !== undefined; id = ids.at((place += step))) yield id
}

/** What of a query chooses devices, the status aside; undefined where it chooses all. */
const choiceOf = ({ role = 'all', platform, tag = [] }: DeviceListQuery) => {
  if (role === 'all' && platform === undefined && tag.length === 0) return undefined
  return (device: DeviceRecord): boolean =>
    (role === 'all' || device.role === role) &&
    (platform === undefined || device.profile.platform.os === platform) &&
    tag.every((one) => device.tags.includes(one))
}

/** Lists devices. */
export const createDeviceListing = (context: ListingContext): ((query: DeviceListQuery) => DeviceList) => {
  const { state, views } = context
  const keepList = keepLast<DeviceList>(KEPT_LISTS)

  const countsOf = (isChosen: ReturnType<typeof choiceOf>) => {
    const { online, offline, pending_approval } = state.deviceCounts
    if (isChosen === undefined) return { total: state.devices.size, online, offline, pending_approval }
    const counts = { total: 0, online: 0, offline: 0, pending_approval: 0 }
    for (const device of state.devices.values()) {
      if (!isChosen(device)) continue
      counts.total += 1
      counts[device.status] += 1
    }
    return counts
  }

  /** The rows after a position, in order: as many as are asked for. */
  const rowsAfter = (
    { sort, order, most }: { sort: Sort; order: Order; most: number },
    after: Position | undefined,
    isListed: (device: DeviceRecord) => boolean,
  ): Row[] => {
    const rows: Row[] = []
    if (sort === 'name') {
      for (const id of idsAfter(state.deviceIds, order, after?.[1])) {
        const device = state.devices.get(id)
        if (device !== undefined && isListed(device)) rows.push({ device, position: [id, id] })
        if (rows.length === most) break
      }
      return rows
    }
    const direction = order === 'asc' ? 1 : -1
    for (const device of state.devices.values()) {
      if (!isListed(device)) continue
      const position: Position = [sortValue(sort, device, context), device.id]
      if (after === undefined || compare(position, after) * direction > 0) rows.push({ device, position })
    }
    return rows.sort((a, b) => compare(a.position, b.position) * direction).slice(0, most)
  }

  return (query) => {
    const { status = 'all', role = 'all', platform, tag = [], sort = 'name', limit = DEFAULT_LIMIT, cursor } = query
    const order = query.order ?? (sort === 'last_seen' ? 'desc' : 'asc')
    const filters = { status, role, platform, tag, sort, order }
    const after = cursor === undefined ? undefined : fromCursor(cursor, filters, isPosition)
    const isChosen = choiceOf(query)
    const counts = countsOf(isChosen)
    const isListed = (device: DeviceRecord) =>
      (status === 'all' || device.status === status) && (isChosen === undefined || isChosen(device))
    const rows = rowsAfter({ sort, order, most: limit + 1 }, after, isListed)
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
}
