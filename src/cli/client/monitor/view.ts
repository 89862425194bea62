/** What the monitor shows: the devices, the tasks that run and the last events, kept up to date by the stream. */
import type { ClusterStatus } from '../../../../schemas/cluster.ts'
import type { Device } from '../../../../schemas/device.ts'
import type { EventOf, MonitorEvent } from '../../../../schemas/event.ts'
import type { Task } from '../../../../schemas/task.ts'
import { eventLine } from './event-line.ts'

/** More running tasks than this are not read, which no screen shows. */
export const MOST_TASKS = 1000
/** More lines than this no terminal has. */
const MOST_LINES = 500

/** A device as the monitor shows it; null where nobody knows. */
export type Watched = Pick<Device, 'id' | 'status' | 'role' | 'schedulable' | 'paused'> & {
  readonly active_tasks: number
  readonly slots: number
  readonly cpu_usage: number | null
  readonly memory_usage: number | null
  readonly temperature_celsius: number | null
  readonly battery: EventOf<'device_update'>['battery']
}

/** A task that runs. How far it is the stream does not tell: that is as of the last reading. */
export type RunningTask = Pick<
  Task,
  'task_id' | 'task_type' | 'device_id' | 'started_at' | 'progress' | 'progress_message'
>

/** What is known of the cluster. */
export type View = {
  readonly devices: ReadonlyMap<string, Watched>
  /** The tasks that run; of more than {@link MOST_TASKS} the newest. */
  readonly tasks: ReadonlyMap<string, RunningTask>
  /** Events as lines, the oldest first. */
  readonly lines: readonly string[]
  /** The figures of the cluster; undefined before they are there. */
  readonly stats: ClusterStatus['cluster_stats'] | undefined
}

/** Nothing is known yet. */
export const emptyView: View = { devices: new Map(), tasks: new Map(), lines: [], stats: undefined }

const share = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total === 0 ? null : Number(((used / total) * 100).toFixed(1))

const watched = (device: Device, before: Watched | undefined): Watched => ({
  id: device.id,
  status: device.status,
  role: device.role,
  schedulable: device.schedulable,
  paused: device.paused,
  active_tasks: device.tasks.active,
  slots: device.slots.total,
  cpu_usage: device.resources.cpu_usage,
  memory_usage: share(device.resources.memory_used_gb, device.resources.memory_total_gb),
  // The listing does not tell these two; the stream does.
  temperature_celsius: before?.temperature_celsius ?? null,
  battery: before?.battery ?? null,
})

/** How many tasks run: those that are known, and where there are more, as many as the API counted. */
export const countRunning = ({ tasks, stats }: View): number =>
  tasks.size < MOST_TASKS ? tasks.size : Math.max(tasks.size, stats?.tasks.running ?? 0)

/** What is read from the API now and then. */
export type Reading = {
  readonly devices: readonly Device[]
  readonly tasks: readonly RunningTask[]
  readonly stats: ClusterStatus['cluster_stats']
}

/** The view with what was just read from the API. @param meanwhile - the events that came since it was asked, which it may not have */
export const withReading = (
  view: View,
  { devices, tasks, stats }: Reading,
  meanwhile: readonly MonitorEvent[] = [],
): View =>
  meanwhile.reduce(withChange, {
    ...view,
    stats,
    devices: new Map(devices.map((device) => [device.id, watched(device, view.devices.get(device.id))])),
    tasks: new Map(tasks.map((task) => [task.task_id, task])),
  })

const changeOf = (event: MonitorEvent): Partial<Watched> | undefined => {
  if (event.type === 'device_online') return { status: 'online' }
  if (event.type === 'device_offline') return { status: 'offline' }
  if (event.type !== 'device_update') return undefined
  const { cpu_usage, memory_usage, temperature_celsius, battery, active_tasks, paused } = event
  return { cpu_usage, memory_usage, temperature_celsius, battery, active_tasks, paused }
}

const withDevice = (view: View, event: MonitorEvent): View => {
  if (!('device_id' in event) || event.device_id === null) return view
  const change = changeOf(event)
  if (change === undefined && event.type !== 'device_removed') return view
  const devices = new Map(view.devices)
  const device = devices.get(event.device_id)
  if (event.type === 'device_removed') devices.delete(event.device_id)
  else if (device !== undefined) devices.set(device.id, { ...device, ...change })
  return { ...view, devices }
}

const withTask = (view: View, event: MonitorEvent): View => {
  const tasks = new Map(view.tasks)
  switch (event.type) {
    case 'task_started': {
      const { task_id, task_type, device_id, timestamp: started_at } = event
      const begun = { task_id, task_type, device_id, started_at, progress: null, progress_message: null }
      return { ...view, tasks: tasks.set(task_id, begun) }
    }
    case 'task_completed':
    case 'task_failed':
    case 'task_cancelled':
    case 'task_retrying':
      return tasks.delete(event.task_id) ? { ...view, tasks } : view
    default:
      return view
  }
}

const withChange = (view: View, event: MonitorEvent): View => withTask(withDevice(view, event), event)

/** The view after an event. Telemetry changes the devices, and is no line: it would push all others away. */
export const withEvent = (view: View, event: MonitorEvent): View => {
  const changed = withChange(view, event)
  if (event.type === 'device_update') return changed
  return { ...changed, lines: [...view.lines, eventLine(event)].slice(-MOST_LINES) }
}
