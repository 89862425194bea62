/** 23 tasks of mixed ends, and what the test itself counts of them. */
import type { Task, TaskStatistics } from '../../schemas/index.ts'

/** The workers, with their roles. */
export const roles = { alpha: 'compute', beta: 'mobile', gamma: 'storage' } as const
type DeviceId = keyof typeof roles
/** The names of the workers. */
export const deviceIds = Object.keys(roles) as readonly DeviceId[]

/** How a task is meant to end: `running` and `waiting` are cancelled by the test, while they run and before they can. */
type End = 'completed' | 'failed' | 'timed out' | 'running' | 'waiting'

/** A task of the plan. */
export type Planned = { readonly end: End; readonly device_id: DeviceId | null; readonly submission: object }

const runs = (code: number) => ({
  task_type: 'command',
  payload: { command: [process.execPath, '-e', `process.exit(${code})`] },
})
const sleeps = { task_type: 'sleep', payload: { duration: 600 } }

const on = (device_id: DeviceId, end: End, submission: object): Planned => ({
  end,
  device_id,
  submission: { ...submission, device_id },
})
const anywhere: Planned = {
  end: 'waiting',
  device_id: null,
  submission: {
    task_type: 'echo',
    payload: {},
    requirements: { platform: 'amiga' },
    queue_if_unavailable: true,
    priority: 'low',
  },
}

/** The 23 tasks. */
export const plan: readonly Planned[] = [
  ...deviceIds.flatMap((device_id) => [
    ...['one', 'two', 'three'].map((message) =>
      on(device_id, 'completed', { task_type: 'echo', payload: { message }, priority: 'high' }),
    ),
    on(device_id, 'failed', runs(3)),
    on(device_id, 'timed out', { ...sleeps, timeout: 1 }),
    on(device_id, 'running', sleeps),
  ]),
  on('alpha', 'failed', runs(4)),
  on('alpha', 'completed', runs(0)),
  on('beta', 'completed', runs(0)),
  anywhere,
  anywhere,
]

/** How the tasks of the plan end at last. */
export const finalStatus = {
  completed: 'completed',
  failed: 'failed',
  'timed out': 'failed',
  running: 'cancelled',
  waiting: 'cancelled',
} as const satisfies Record<End, Task['status']>

type Ends = TaskStatistics['task_stats']['by_status']

/** How many of some tasks ended how. */
export const endsOf = (tasks: readonly Planned[]): Ends => {
  const counted = { completed: 0, failed: 0, cancelled: 0 }
  for (const { end } of tasks) counted[finalStatus[end]] += 1
  return counted
}

/** The same, in groups. Tasks without a key are in none. */
export const endsBy = (keyOf: (task: Planned) => string | null): Record<string, Ends> =>
  Object.fromEntries(
    [...Map.groupBy(plan, keyOf)].flatMap(([key, tasks]) => (key === null ? [] : [[key, endsOf(tasks)]])),
  )

/** The mean; null of nothing. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** Rounded to so many decimals, halves up. */
export const rounded = (value: number | null, decimals: number): number | null =>
  value === null ? null : Math.round(value * 10 ** decimals) / 10 ** decimals

/**
 * The score of a device, by the formula in its schema: 100 × (0.5 × success + 0.3 × speed + 0.2 × uptime).
 * @param tasks - every task as the listing shows it
 */
export const scoreOf = (device_id: string, tasks: readonly Task[], uptimePercent: number): number => {
  const secondsOf = (some: readonly Task[]) => mean(some.map((task) => task.execution_time_seconds ?? 0)) ?? 0
  const completed = tasks.filter(({ status }) => status === 'completed')
  const own = completed.filter((task) => task.device_id === device_id)
  const failed = tasks.filter((task) => task.device_id === device_id && task.status === 'failed').length
  const speeds = [...Map.groupBy(own, ({ task_type }) => task_type)].map(([type, mine]) => {
    const all = secondsOf(completed.filter(({ task_type }) => task_type === type))
    const ratio = secondsOf(mine) === 0 ? (all === 0 ? 1 : 2) : all / secondsOf(mine)
    return Math.min(2, ratio) / 2
  })
  const success = own.length / (own.length + failed)
  return 100 * (0.5 * success + 0.3 * (mean(speeds) ?? 0) + 0.2 * (uptimePercent / 100))
}
