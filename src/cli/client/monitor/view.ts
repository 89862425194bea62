/** What the monitor shows: the devices and the last events, kept up to date by the stream. */
import type { ClusterStatus } from '../../../../schemas/cluster.ts'
import type { Device } from '../../../../schemas/device.ts'
import type { EventOf, MonitorEvent } from '../../../../schemas/event.ts'
import { eventLine } from './event-line.ts'

/** More lines than this no terminal has. */
const MOST_LINES = 500

/** A device as the monitor shows it; null where nobody knows. */
export type Watched = Pick<Device, 'id' | 'status' | 'role' | 'schedulable'> & {
  readonly active_tasks: number
  readonly slots: number
  readonly cpu_usage: number | null
  readonly memory_usage: number | null
  readonly temperature_celsius: number | null
  readonly battery: EventOf<'device_update'>['battery']
}

/** What is known of the cluster. */
export type View = {
  readonly devices: ReadonlyMap<string, Watched>
  /** Events as lines, the oldest first. */
  readonly lines: readonly string[]
  /** The figures of the cluster; undefined before they are there. */
  readonly stats: ClusterStatus['cluster_stats'] | undefined
}

/** Nothing is known yet. */
export const emptyView: View = { devices: new Map(), lines: [], stats: undefined }

const share = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total === 0 ? null : Number(((used / total) * 100).toFixed(1))

const watched = (device: Device, before: Watched | undefined): Watched => ({
  id: device.id,
  status: device.status,
  role: device.role,
  schedulable: device.schedulable,
  active_tasks: device.tasks.active,
  slots: device.slots.total,
  cpu_usage: device.resources.cpu_usage,
  memory_usage: share(device.resources.memory_used_gb, device.resources.memory_total_gb),
  // The listing does not tell these two; the stream does.
  temperature_celsius: before?.temperature_celsius ?? null,
  battery: before?.battery ?? null,
})

/** The view with what was just read from the API. */
export const withState = (view: View, devices: readonly Device[], stats: ClusterStatus['cluster_stats']): View => ({
  ...view,
  stats,
  devices: new Map(devices.map((device) => [device.id, watched(device, view.devices.get(device.id))])),
})

const changeOf = (event: MonitorEvent): Partial<Watched> | undefined => {
  if (event.type === 'device_online') return { status: 'online' }
  if (event.type === 'device_offline') return { status: 'offline' }
  if (event.type !== 'device_update') return undefined
  const { cpu_usage, memory_usage, temperature_celsius, battery, active_tasks } = event
  return { cpu_usage, memory_usage, temperature_celsius, battery, active_tasks }
}

/** The view after an event. Telemetry changes the devices, and is no line: it would push all others away. */
export const withEvent = (view: View, event: MonitorEvent): View => {
  const lines = event.type === 'device_update' ? view.lines : [...view.lines, eventLine(event)].slice(-MOST_LINES)
  if (!('device_id' in event) || event.device_id === null) return { ...view, lines }
  const devices = new Map(view.devices)
  const device = devices.get(event.device_id)
  const change = changeOf(event)
  if (event.type === 'device_removed') devices.delete(event.device_id)
  else if (device !== undefined && change !== undefined) devices.set(device.id, { ...device, ...change })
  return { ...view, devices, lines }
}
