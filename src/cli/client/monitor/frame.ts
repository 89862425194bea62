/** The screen of the monitor: devices above, events below. */
import { bold, type Column, table } from '../output.ts'
import { percent } from '../presentation.ts'
import type { Size } from '../screen.ts'
import type { View, Watched } from './view.ts'

const columns: readonly Column<Watched>[] = [
  { name: 'device', of: ({ id }) => id },
  { name: 'status', of: ({ status, schedulable }) => (status === 'online' && !schedulable ? 'drained' : status) },
  { name: 'role', of: ({ role }) => role },
  { name: 'cpu', of: ({ cpu_usage }) => (cpu_usage === null ? null : percent(cpu_usage)) },
  { name: 'memory', of: ({ memory_usage }) => (memory_usage === null ? null : percent(memory_usage)) },
  { name: 'heat', of: ({ temperature_celsius: heat }) => (heat === null ? null : `${Math.round(heat)} °C`) },
  { name: 'battery', of: ({ battery }) => batteryText(battery) },
  { name: 'tasks', of: ({ active_tasks, slots }) => `${active_tasks} of ${slots}` },
]

const batteryText = (battery: Watched['battery']): string | null => {
  const level = battery?.level ?? null
  return level === null ? null : `${percent(Math.round(level))}${battery?.charging === true ? ' charging' : ''}`
}

const heading = ({ stats }: View): string => {
  if (stats === undefined) return 'Retire-Cluster'
  const { online_devices, total_devices, tasks } = stats
  return `Retire-Cluster  ${online_devices} of ${total_devices} online  ${tasks.running} running  ${tasks.pending} pending`
}

/** At least so many rows are left to the events. */
const FEWEST_EVENT_ROWS = 5

/** The frame for a terminal of a size. Devices that have no room are counted; of the events the newest are shown. */
export const frame = (view: View, { rows }: Pick<Size, 'rows'>): string => {
  const devices = [...view.devices.values()]
  // The heading, an empty line below it and below the devices, the heading of the devices, that of the events.
  const room = Math.max(1, rows - 5 - FEWEST_EVENT_ROWS)
  const shown = devices.length <= room ? devices : devices.slice(0, room - 1)
  const hidden = devices.length - shown.length
  const above = [
    `${bold(heading(view))}  q leaves`,
    '',
    ...table(shown, columns).trimEnd().split('\n'),
    ...(hidden === 0 ? [] : [`… and ${hidden} more devices`]),
    '',
    bold('EVENTS'),
  ]
  const left = Math.max(0, rows - above.length)
  return [...above, ...(left === 0 ? [] : view.lines.slice(-left))].join('\n')
}
