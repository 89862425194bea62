/** What the nodes say of themselves, as a table. */
import type { DeviceList, ServerHealth, Success, TaskList } from '../../schemas/index.ts'
import type { DemoNode, Members } from './members.ts'

/** One that does not answer so soon is shown as silent, milliseconds. */
const SILENCE_MS = 1000

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process: that is the answer.
    return false
  }
}

const ask = async <D>(url: string, key: string): Promise<D | undefined> => {
  try {
    const response = await fetch(url, { headers: { 'x-api-key': key }, signal: AbortSignal.timeout(SILENCE_MS) })
    return response.ok ? ((await response.json()) as Success<D>).data : undefined
  } catch {
    // It is gone, stopped, or has nobody to ask: the table says so.
    return undefined
  }
}

const doingOf = async ({ pid, port }: DemoNode, key: string): Promise<string> => {
  if (!isAlive(pid)) return 'gone'
  const health = await ask<ServerHealth>(`http://127.0.0.1:${port}/health`, key)
  if (health === undefined) return 'silent'
  if (!health.cluster.reachable) return 'waits for one that schedules'
  return health.cluster.mode === 'embedded' ? 'schedules' : 'serves'
}

/** The table as it is now. */
export const stateOf = async ({ url, key, nodes }: Members): Promise<string> => {
  const [doing, tasks, devices] = await Promise.all([
    Promise.all(nodes.map((node) => doingOf(node, key))),
    ask<TaskList>(`${url}/api/v1/tasks?limit=1`, key),
    ask<DeviceList>(`${url}/api/v1/devices?limit=1`, key),
  ])
  const lines = nodes.map(
    ({ name, pid, port }, index) =>
      `${name.padEnd(10)}pid ${String(pid).padEnd(10)}http://127.0.0.1:${String(port).padEnd(8)}${doing[index]}`,
  )
  const counted =
    tasks === undefined || devices === undefined
      ? 'tasks and devices: not answered'
      : `tasks     ${tasks.pending} pending, ${tasks.running} running, ${tasks.completed} completed, ${tasks.failed} failed\n` +
        `devices   ${devices.online} online, ${devices.offline} offline`
  return [...lines, counted].join('\n')
}
