/** The screen of the monitor: devices above, then the tasks that run, events below. */
import { bold, type Column } from '../output.ts'
import { ago, howFar, percent } from '../presentation.ts'
import { sharedRows, tableIn } from '../rows.ts'
import type { Size } from '../screen.ts'
import { stateWord } from '../state-word.ts'
import { countRunning, type RunningTask, type View, type Watched } from './view.ts'

const columns: readonly Column<Watched>[] = [
  { name: 'device', of: ({ id }) => id },
  { name: 'status', of: stateWord },
  { name: 'role', of: ({ role }) => role },
  { name: 'cpu', of: ({ cpu_usage }) => (cpu_usage === null ? null : percent(cpu_usage)) },
  { name: 'memory', of: ({ memory_usage }) => (memory_usage === null ? null : percent(memory_usage)) },
  { name: 'heat', of: ({ temperature_celsius: heat }) => (heat === null ? null : `${Math.round(heat)} °C`) },
  { name: 'battery', of: ({ battery }) => batteryText(battery) },
  { name: 'tasks', of: ({ active_tasks, slots }) => `${active_tasks} of ${slots}` },
]

/** A task, as `top` shows it too. */
export const taskColumns: readonly Column<RunningTask>[] = [
  { name: 'task', of: ({ task_id }) => task_id },
  { name: 'type', of: ({ task_type }) => task_type },
  { name: 'device', of: ({ device_id }) => device_id },
  { name: 'started', of: ({ started_at }) => (started_at === null ? null : ago(started_at)) },
  { name: 'progress', of: ({ progress, progress_message }) => howFar(progress, progress_message) },
]

const batteryText = (battery: Watched['battery']): string | null => {
  const level = battery?.level ?? null
  return level === null ? null : `${percent(Math.round(level))}${battery?.charging === true ? ' charging' : ''}`
}

const heading = (view: View): string => {
  if (view.stats === undefined) return 'Retire-Cluster'
  const { online_devices, total_devices, tasks } = view.stats
  return `Retire-Cluster  ${online_devices} of ${total_devices} online  ${countRunning(view)} running  ${tasks.pending} pending`
}

/** At least so many rows are left to the events. */
const FEWEST_EVENT_ROWS = 5
/** So many are kept for tasks where there is room, so that the events do not jump with each that starts. */
const KEPT_TASK_ROWS = 4
/** The heading of all, that of each of the three lists, and the three empty lines between. */
const FIXED_ROWS = 7

/** The frame for a terminal of a size. Devices and tasks that have no room are counted; of the events the newest are shown. */
export const frame = (view: View, { rows }: Pick<Size, 'rows'>): string => {
  const devices = [...view.devices.values()]
  const tasks = [...view.tasks.values()].sort((a, b) => ((a.started_at ?? '') < (b.started_at ?? '') ? 1 : -1))
  const room = Math.max(2, rows - FIXED_ROWS - FEWEST_EVENT_ROWS)
  const [deviceRows, taskRows] = sharedRows(room, devices.length, Math.max(tasks.length, KEPT_TASK_ROWS))
  const running = tableIn(taskRows, { items: tasks, total: countRunning(view), name: 'task' }, taskColumns)
  const above = [
    `${bold(heading(view))}  q leaves`,
    '',
    ...tableIn(deviceRows, { items: devices, total: devices.length, name: 'device' }, columns),
    '',
    ...running,
    ...Array.from({ length: Math.max(0, taskRows + 1 - running.length) }, () => ''),
    '',
    bold('EVENTS'),
  ]
  const left = Math.max(0, rows - above.length)
  return [...above, ...(left === 0 ? [] : view.lines.slice(-left))].join('\n')
}
