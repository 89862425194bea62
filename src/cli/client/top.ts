/** `retire-cluster top`: which devices and tasks use the cluster now. */
import type { Device } from '../../../schemas/device.ts'
import type { Task } from '../../../schemas/task.ts'
import type { CallOptions } from '../../client/connection.ts'
import { pause } from '../../client/retrying.ts'
import type { Api } from './api.ts'
import { command as declareCommand } from './command.ts'
import { taskColumns } from './monitor/frame.ts'
import { bold, type Column, type Output, printList, table } from './output.ts'
import { patienceAfter } from './patience.ts'
import { percent, sizeOf } from './presentation.ts'
import { sharedRows, tableIn } from './rows.ts'
import { onScreen, type Size } from './screen.ts'

/** Two reads each time leave most of the API's budget of reads. */
const PERIOD_MS = 5000
/** What a screen may have room for. */
const MOST_ROWS = 200

const devicesShown: readonly Column<Device>[] = [
  { name: 'device', of: ({ id }) => id },
  { name: 'cpu', of: ({ resources: { cpu_usage } }) => (cpu_usage === null ? null : percent(cpu_usage)) },
  {
    name: 'memory',
    of: ({ resources: { memory_used_gb, memory_total_gb } }) => sizeOf(memory_used_gb, memory_total_gb) ?? null,
  },
  {
    name: 'storage',
    of: ({ resources: { storage_used_gb, storage_total_gb } }) => sizeOf(storage_used_gb, storage_total_gb) ?? null,
  },
  { name: 'tasks', of: ({ tasks, slots }) => `${tasks.active} of ${slots.total}` },
]

const deviceColumns: readonly Column<Device>[] = [
  { name: 'device_id', of: ({ id }) => id },
  { name: 'cpu_usage', of: ({ resources }) => resources.cpu_usage },
  { name: 'memory_used_gb', of: ({ resources }) => resources.memory_used_gb },
  { name: 'storage_used_gb', of: ({ resources }) => resources.storage_used_gb },
  { name: 'active_tasks', of: ({ tasks }) => tasks.active },
]

type Usage = {
  readonly devices: readonly Device[]
  readonly tasks: readonly Task[]
  /** How many there are, also beyond those that are shown. */
  readonly online: number
  readonly running: number
}

/** The busiest online devices, and the tasks that run. */
const readUsage = async (api: Api, call: CallOptions = {}): Promise<Usage> => {
  const [{ devices, online }, { tasks, running }] = await Promise.all([
    api.call('listDevices', { query: { status: 'online', sort: 'cpu', order: 'desc', limit: MOST_ROWS }, call }),
    api.call('listTasks', { query: { status: 'running', limit: MOST_ROWS }, call }),
  ])
  return { devices, tasks, online, running }
}

const heading = ({ online, running }: Usage): string => bold(`${online} online, ${running} running`)

const text = (usage: Usage): string =>
  `${heading(usage)}\n\n${table(usage.devices, devicesShown)}\n${table(usage.tasks, taskColumns)}`

/** The heading of all, those of the two lists, and the two empty lines between. */
const FIXED_ROWS = 5

/** The same for a terminal of a size: what has no room is counted. */
const frame = (usage: Usage, { rows }: Pick<Size, 'rows'>): string => {
  const { devices, tasks, online, running } = usage
  const [deviceRows, taskRows] = sharedRows(Math.max(2, rows - FIXED_ROWS), online, running)
  return [
    heading(usage),
    '',
    ...tableIn(deviceRows, { items: devices, total: Math.max(online, devices.length), name: 'device' }, devicesShown),
    '',
    ...tableIn(taskRows, { items: tasks, total: Math.max(running, tasks.length), name: 'task' }, taskColumns),
  ].join('\n')
}

const show = async (api: Api, output: Output): Promise<void> => {
  const usage = await readUsage(api)
  if (output.format === 'table' && !output.quiet) return output.write(text(usage))
  const { devices, tasks } = usage
  return printList(output, { whole: { devices, tasks }, rows: devices, columns: deviceColumns })
}

/** The command. */
export const command = declareCommand({
  name: 'top',
  summary: 'The busiest devices, and the tasks that run: a live screen, or once in a pipe.',
  flags: {},
  examples: ['retire-cluster top', 'retire-cluster top --output csv'],
  run: async ({ api, output }) => {
    if (!process.stdout.isTTY || output.format !== 'table' || output.quiet) return show(api, output)
    let usage = await readUsage(api)
    await onScreen(async (screen) => {
      for (let atLeastMs = 0; ;) {
        const shown = usage
        screen.show((size) => frame(shown, size))
        await pause(Math.max(PERIOD_MS, atLeastMs), screen.left)
        try {
          usage = await readUsage(api, { signal: screen.left })
          atLeastMs = 0
        } catch (error) {
          // A server that is being started again: what was known stays on the screen, and the next turn asks anew.
          atLeastMs = patienceAfter(error)
        }
      }
    })
  },
})
