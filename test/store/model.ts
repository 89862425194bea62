/** What a store should answer, computed the long way, and arbitrary rows and filters to ask about. */
import type { Test } from 'tap'
import fc from 'fast-check'
import { logLevels, type TaskStatus } from '../../schemas/index.ts'
import type { StoredLog, TaskRecord } from '../../src/cluster/ports/records.ts'
import type { LogFilter, TaskEnds, TaskFilter } from '../../src/cluster/ports/store.ts'
import { NOON } from './rows.ts'

/** An hour, in milliseconds. */
export const HOUR_MS = 3_600_000
/** Every status of a task. */
export const statuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
/** Those that stay. */
export const final: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled'])

/** What is expected of a listing of tasks. */
export const matching = (rows: readonly TaskRecord[], filter: TaskFilter): TaskRecord[] =>
  rows
    .filter(
      ({ task, created_ms }) =>
        (['status', 'device_id', 'task_type', 'priority', 'batch_id'] as const).every(
          (name) => filter[name] === undefined || filter[name] === task[name],
        ) &&
        created_ms >= (filter.since_ms ?? -Infinity) &&
        created_ms < (filter.until_ms ?? Infinity),
    )
    .sort((one, other) => other.sequence - one.sequence)

/** Tasks by status. */
export const countsOf = (rows: readonly TaskRecord[]) =>
  Object.fromEntries(statuses.map((status) => [status, rows.filter(({ task }) => task.status === status).length]))

/** How tasks ended, by what they are grouped by. */
export const endsOf = (rows: readonly TaskRecord[], since_ms: number, device_id?: string): Map<string, TaskEnds> => {
  const ends = new Map<string, TaskEnds>()
  for (const { task, ended_ms } of rows) {
    if (ended_ms === null || ended_ms < since_ms) continue
    if (device_id !== undefined && task.device_id !== device_id) continue
    const hour_ms = ended_ms - (ended_ms % HOUR_MS)
    const key = JSON.stringify([hour_ms, task.device_id, task.task_type, task.status])
    const known = ends.get(key)
    ends.set(key, {
      hour_ms,
      device_id: task.device_id,
      task_type: task.task_type,
      status: task.status,
      count: (known?.count ?? 0) + 1,
      execution_seconds: (known?.execution_seconds ?? 0) + (task.execution_time_seconds ?? 0),
    })
  }
  return ends
}

/** The same of what a store answered, which names no group twice. */
export const keyed = (t: Test, ends: readonly TaskEnds[]): Map<string, TaskEnds> => {
  const groups = new Map(
    ends.map((end) => [JSON.stringify([end.hour_ms, end.device_id, end.task_type, end.status]), end]),
  )
  t.equal(groups.size, ends.length, 'each group once')
  return groups
}

/** What is expected of a batch with these tasks. */
export const summaryOf = (rows: readonly TaskRecord[]) => {
  if (rows.length === 0) return undefined
  const ends = rows.map(({ ended_ms }) => ended_ms).filter((end) => end !== null)
  return {
    counts: countsOf(rows),
    first_created_ms: Math.min(...rows.map(({ created_ms }) => created_ms)),
    last_ended_ms: ends.length === 0 ? null : Math.max(...ends),
  }
}

/** A task in another status, on a device or on none; where that is final, ended then, after so many milliseconds. */
export const settled = (
  row: TaskRecord,
  status: TaskStatus,
  device_id: string | null,
  ended_ms: number,
  milliseconds: number,
): TaskRecord => {
  const ends = final.has(status)
  const execution_time_seconds = ends ? milliseconds / 1000 : null
  return { ...row, ended_ms: ends ? ended_ms : null, task: { ...row.task, status, device_id, execution_time_seconds } }
}

/** So many runs, from a seed that is told: with SEED set to it they are the same again. */
export const runs = (t: Test, numRuns: number): { readonly numRuns: number; readonly seed: number } => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  t.comment(`SEED=${seed} repeats this`)
  return { numRuns, seed }
}

/** For a field that may be missing. */
const absent = { nil: undefined, freq: 2 } as const

/** An object without the fields that are undefined. */
const present = (value: object) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))

/** Sequences lie so far apart that few rows fill several of whatever blocks a store may keep. */
export const STEP = 300
/** An instant, of so few that rows and the ends of periods meet; not in the order of the sequence, for clocks jump. */
export const created = fc.integer({ min: -30, max: 30 }).map((tenth) => NOON + (tenth * HOUR_MS) / 6)
/** A device. */
export const device = fc.constantFrom('phone', 'laptop')
const type = fc.constantFrom('echo', 'sleep')
const priority = fc.constantFrom('low', 'urgent')
const batch = fc.constantFrom('batch-1', 'batch-2')

/** What a task is taken in with. */
export const submission = fc.record({ created, type, priority, batch: fc.option(batch) })
/** What happens to a task. */
export const change = fc.record({
  which: fc.nat(),
  status: fc.constantFrom(...statuses),
  device: fc.option(device),
  ended: created,
  // Eighths of a second: their sums are exact in floating point too.
  milliseconds: fc.nat(800).map((eighths) => eighths * 125),
})
/** Any filter of tasks. */
export const taskFilter = fc
  .record({
    status: fc.option(fc.constantFrom(...statuses), absent),
    device_id: fc.option(device, absent),
    task_type: fc.option(type, absent),
    priority: fc.option(priority, absent),
    batch_id: fc.option(batch, absent),
    since_ms: fc.option(created, absent),
    until_ms: fc.option(created, absent),
  })
  .map((filter): TaskFilter => present(filter))

/** Any filter of the log. */
export const logFilter = fc
  .record({
    level: fc.constantFrom(...logLevels),
    device_id: fc.option(device, absent),
    task_id: fc.option(fc.constantFrom('task-1', 'task-2'), absent),
    component: fc.option(fc.constantFrom('link', 'store'), absent),
    since_ms: fc.option(created, absent),
    until_ms: fc.option(created, absent),
  })
  .map((filter) => present(filter) as unknown as LogFilter)

/** What is expected of a listing of the log. */
export const matchingLines = (lines: readonly StoredLog[], filter: LogFilter): StoredLog[] =>
  lines
    .filter(
      ({ entry, at_ms }) =>
        logLevels.indexOf(entry.level) >= logLevels.indexOf(filter.level) &&
        (['device_id', 'task_id', 'component'] as const).every(
          (name) => filter[name] === undefined || filter[name] === entry[name],
        ) &&
        at_ms >= (filter.since_ms ?? -Infinity) &&
        at_ms < (filter.until_ms ?? Infinity),
    )
    .sort((one, other) => other.sequence - one.sequence)
