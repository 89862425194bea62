/** Attempts of a task, as pure functions from one record to the next. Instants come in as epoch milliseconds. */
import type { AttemptRef, Progress, TaskAttempt, TaskError, TaskResult, ResourceUsage } from '../../schemas/index.ts'
import type { TaskRecord } from './ports/records.ts'
import { toInstant } from './instants.ts'
import { isFinal, transition } from './transitions.ts'

/** Attempts and log lines that a task keeps. The schema lets a log have 1000; the rest is for what the task printed. */
const MAX_ATTEMPTS = 100
const MAX_LINES = 900

/** What an attempt of this task is known by. */
export const refOf = ({ task, attempt_epoch }: TaskRecord): AttemptRef => ({
  task_id: task.task_id,
  epoch: attempt_epoch,
  attempt: task.attempt,
})

/** A reference as one text, for sets. */
export const keyOf = ({ task_id, epoch, attempt }: AttemptRef): string => `${task_id}/${epoch}/${attempt}`

/** Ends that only the device itself tells: there is nothing of such an attempt to come back. */
const isOver = ({ outcome }: TaskAttempt): boolean => outcome === 'failed' || outcome === 'rejected'

/**
 * True where `ref` is the attempt that counts, and this device's own: the last one, of the same epoch, and not over yet.
 * Anything else is fenced off; so is an end that is told again because its acknowledgement got lost.
 */
export const isCurrent = ({ task, attempt_epoch }: TaskRecord, ref: AttemptRef, device_id: string): boolean => {
  const last = task.attempts.at(-1)
  return task.attempt === ref.attempt && attempt_epoch === ref.epoch && last?.device_id === device_id && !isOver(last)
}

/** The record with another line in its log. */
export const withLine = (record: TaskRecord, now: number, line: string): TaskRecord => {
  const lines = [...record.task.detailed_log, `${toInstant(now)}: ${line}`]
  return { ...record, task: { ...record.task, detailed_log: lines.slice(-MAX_LINES) } }
}

const withAttempt = (attempts: readonly TaskAttempt[], change: Partial<TaskAttempt>): TaskAttempt[] => {
  const last = attempts.at(-1)
  return last === undefined ? [] : [...attempts.slice(0, -1), { ...last, ...change }]
}

/** Given to a device. */
export const assign = (record: TaskRecord, device_id: string, epoch: number, now: number): TaskRecord => {
  const attempt = record.task.attempt + 1
  const attempts = [
    ...record.task.attempts,
    { attempt, device_id, assigned_at: toInstant(now), started_at: null, ended_at: null, outcome: null, error: null },
  ].slice(-MAX_ATTEMPTS)
  return withLine(
    { ...record, attempt_epoch: epoch, not_before_ms: 0, task: { ...record.task, attempt, device_id, attempts } },
    now,
    `assigned to ${device_id} as attempt ${attempt}`,
  )
}

/**
 * Its device said that it started, at `at_ms` (epoch milliseconds), which is no earlier than it was given to it; or came back with it
 * still running, after it was taken for lost.
 */
export const start = (record: TaskRecord, device_id: string, at_ms: number): TaskRecord => {
  const { task } = record
  if (task.status === 'running') return record
  const last = task.attempts.at(-1)
  const startedMs = Math.max(at_ms, Date.parse(last?.assigned_at ?? task.created_at))
  const resumed = last?.started_at ?? null
  const started_at = resumed ?? toInstant(startedMs)
  return withLine(
    {
      ...record,
      not_before_ms: 0,
      task: {
        ...task,
        status: transition(task.status, 'running'),
        device_id,
        started_at,
        attempts: withAttempt(task.attempts, { started_at, ended_at: null, outcome: null, error: null }),
      },
    },
    startedMs,
    resumed === null ? `started on ${device_id}` : `taken up again on ${device_id}`,
  )
}

/** How an attempt ended. */
export type AttemptEnd = {
  readonly outcome: NonNullable<TaskAttempt['outcome']>
  readonly error: TaskError | null
  readonly result: TaskResult | null
  readonly execution_time_seconds: number | null
  readonly resource_usage: ResourceUsage | null
  /** How far it was; undefined where it said nothing. */
  readonly progress?: Progress | undefined
  /** When the attempt ended, epoch milliseconds; absent: now. */
  readonly ended_ms?: number
}

/** The attempts of a task, the last of which has ended so. */
export const endedAttempts = (
  { task }: TaskRecord,
  { outcome, error, ended_ms }: Pick<AttemptEnd, 'outcome' | 'error' | 'ended_ms'>,
  now: number,
): TaskAttempt[] => withAttempt(task.attempts, { ended_at: toInstant(ended_ms ?? now), outcome, error })

/**
 * When an attempt ended whose device is gone: when that was last heard of, which may be long before it is taken for lost.
 * Where nobody knows, or the wall clock jumped in between, it is now.
 */
export const lostMs = ({ task }: TaskRecord, gone_ms: number | null, now: number): number => {
  const last = task.attempts.at(-1)
  const since = Date.parse(last?.started_at ?? last?.assigned_at ?? task.created_at)
  return gone_ms !== null && gone_ms >= since && gone_ms <= now ? gone_ms : now
}

/** The task reached a final state. */
export const finish = (
  record: TaskRecord,
  status: 'completed' | 'failed' | 'cancelled',
  end: AttemptEnd,
  device_id: string | null,
  now: number,
): TaskRecord => {
  const { task } = record
  const at = toInstant(now)
  // A task that is cancelled while it waits has no attempt that could end with it.
  const isBetween = status === 'cancelled' && task.attempts.at(-1)?.outcome !== null
  const next: TaskRecord = {
    ...record,
    ended_ms: now,
    task: {
      ...task,
      status: transition(task.status, status),
      device_id: device_id ?? task.device_id,
      completed_at: at,
      execution_time_seconds: end.execution_time_seconds,
      result: end.result,
      error: end.error,
      resource_usage: end.resource_usage,
      ...end.progress,
      attempts: isBetween ? task.attempts : endedAttempts(record, end, now),
    },
  }
  return withLine(next, now, end.error === null ? status : `${status}: ${end.error.code}: ${end.error.message}`)
}

/** The attempt ended, the task did not: it waits for another one, at the earliest at `not_before_ms`. */
export const requeue = (
  record: TaskRecord,
  end: Pick<AttemptEnd, 'outcome' | 'error' | 'ended_ms'>,
  not_before_ms: number,
  now: number,
): TaskRecord => {
  const { task } = record
  return withLine(
    {
      ...record,
      not_before_ms,
      task: {
        ...task,
        status: task.status === 'running' ? transition(task.status, 'pending') : task.status,
        device_id: null,
        started_at: null,
        attempts: endedAttempts(record, end, now),
      },
    },
    now,
    `attempt ${task.attempt} ${end.outcome}${end.error === null ? '' : `: ${end.error.message}`}`,
  )
}

/** True while a device holds the task: assigned or running. */
export const isAssigned = ({ task }: TaskRecord): boolean => !isFinal(task.status) && task.device_id !== null
