/** What happens to a task when something happens to its attempt. Every rule of retries, losses and rejections stands here. */
import type { FinishedParams, TaskError } from '../../schemas/index.ts'
import { type AttemptEnd, assign, endedAttempts, finish, lostMs, requeue, start, withLine } from './attempt.ts'
import { demandOf } from './demand.ts'
import type { Lessons } from './lessons.ts'
import { poisonReason } from './poison.ts'
import type { TaskRecord } from './ports/records.ts'
import type { Progresses } from './progresses.ts'
import { couldRun } from './requirements.ts'
import { backoffMs, MAX_LOST_ATTEMPTS, RETURN_DELAY_MS } from './retries.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** What the rules need beside the record. */
export type LifecycleContext = {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Random, in [0, 1). */
  readonly share: () => number
  readonly devices: State['devices']
  /** What the ends of attempts teach. */
  readonly lessons: Lessons
  /** What the current attempt of a task has said while it ran. */
  readonly progressOf: Progresses['of']
}

/** The rules, each as a step of a unit of work. */
export interface Lifecycle {
  /** Gives the task to a device. */
  assign(tx: Transaction, record: TaskRecord, device_id: string, epoch: number): TaskRecord
  /** The device says that it started the current attempt, at `at_ms` (epoch milliseconds; absent: now), or still runs it. */
  started(tx: Transaction, record: TaskRecord, device_id: string, at_ms?: number): void
  /** The device says how the current attempt ended. */
  ended(tx: Transaction, record: TaskRecord, device_id: string, end: FinishedParams): void
  /** The device is lost, and the current attempt with it. It was last heard of at `gone_ms` (epoch milliseconds; null where nobody knows). */
  lost(tx: Transaction, record: TaskRecord, reason: string, gone_ms: number | null): void
  /** The device does not have the current attempt, and never started it: it costs nothing. */
  returned(tx: Transaction, record: TaskRecord, reason: string): void
  /** Somebody cancelled the task, or removed its device. */
  cancelled(tx: Transaction, record: TaskRecord, reason: string): void
}

const noEnd = { result: null, execution_time_seconds: null, resource_usage: null }

/** Builds the rules. */
export const createLifecycle = ({ now, share, devices, lessons, progressOf }: LifecycleContext): Lifecycle => {
  const about = ({ task }: TaskRecord) => ({
    task_id: task.task_id,
    task_type: task.task_type,
    batch_id: task.batch_id,
  })

  const end = (
    tx: Transaction,
    record: TaskRecord,
    status: 'completed' | 'failed' | 'cancelled',
    how: AttemptEnd,
    by?: string,
  ) => {
    const device_id = by ?? record.task.device_id
    const progress = how.progress ?? progressOf(record.task)
    const final = finish(record, status, { ...how, progress }, device_id, now())
    tx.putTask(final)
    const { attempt, execution_time_seconds } = final.task
    const subject = { ...about(final), device_id, attempt, execution_time_seconds }
    if (status !== 'failed') tx.record({ type: `task_${status}`, ...subject })
    else tx.record({ type: 'task_failed', ...subject, error: how.error ?? { code: 'TASK_ERROR', message: '' } })
    if (device_id !== null && status !== 'cancelled' && how.outcome !== 'lost') tx.countTask(device_id, status)
    tx.log(status === 'failed' ? 'warning' : 'info', {
      component: 'task_executor',
      device_id,
      task_id: final.task.task_id,
      message: `task ${final.task.task_id} ${status}`,
      details: { task_type: final.task.task_type, attempt, ...(how.error === null ? {} : { error: how.error }) },
    })
  }

  const again = (
    tx: Transaction,
    record: TaskRecord,
    how: Pick<AttemptEnd, 'outcome' | 'ended_ms'> & { readonly error: TaskError },
    delayMs: number,
  ) => {
    const { device_id, attempt } = record.task
    tx.putTask(requeue(record, how, delayMs === 0 ? 0 : now() + delayMs, now()))
    tx.record({
      type: 'task_retrying',
      ...about(record),
      device_id,
      attempt,
      delay_seconds: delayMs / 1000,
      error: how.error,
    })
    tx.log(how.outcome === 'failed' || how.outcome === 'lost' ? 'warning' : 'info', {
      component: 'scheduler',
      device_id,
      task_id: record.task.task_id,
      message: `task ${record.task.task_id} waits for another attempt`,
      details: { attempt, outcome: how.outcome, error: how.error, delay_seconds: delayMs / 1000 },
    })
  }

  const rejected = (tx: Transaction, record: TaskRecord, device_id: string, error: TaskError) => {
    const next = { ...record, rejected_by: [...record.rejected_by, device_id] }
    const demand = demandOf(next)
    for (const device of devices.values())
      if (couldRun(demand, device)) {
        again(tx, next, { outcome: 'rejected', error }, 0)
        return
      }
    end(tx, next, 'failed', { ...noEnd, outcome: 'rejected', error }, device_id)
  }

  return {
    assign: (tx, record, device_id, epoch) => {
      const next = assign(record, device_id, epoch, now())
      tx.putTask(next)
      tx.record({ type: 'task_assigned', ...about(next), device_id, attempt: next.task.attempt })
      lessons.assigned(tx, next, device_id)
      return next
    },
    started: (tx, record, device_id, at_ms) => {
      const next = start(record, device_id, at_ms ?? now())
      if (next === record) return
      tx.putTask(next)
      tx.record({ type: 'task_started', ...about(next), device_id, attempt: next.task.attempt })
      tx.log('info', {
        component: 'task_executor',
        device_id,
        task_id: next.task.task_id,
        message: `task ${next.task.task_id} started`,
        details: { task_type: next.task.task_type, attempt: next.task.attempt },
      })
    },
    ended: (tx, record, device_id, params) => {
      const { outcome, result, execution_time_seconds, resource_usage, progress } = params
      const error = params.error ?? { code: 'TASK_ERROR', message: `the device said ${outcome}, and nothing else` }
      const how: AttemptEnd = { outcome, error: params.error, result, execution_time_seconds, resource_usage, progress }
      switch (outcome) {
        case 'completed':
          lessons.completed(tx, record, device_id, execution_time_seconds)
          return end(tx, record, 'completed', { ...how, error: null }, device_id)
        case 'failed': {
          lessons.failed(tx, record, device_id)
          const { retries, max_retries } = record.task
          if (retries >= max_retries) return end(tx, record, 'failed', { ...how, error }, device_id)
          const next = { ...record, task: { ...record.task, retries: retries + 1 } }
          return again(tx, next, { outcome, error }, backoffMs(retries, share()) + 1)
        }
        case 'rejected':
          lessons.rejected(tx, record, device_id, params.rejection)
          return rejected(tx, record, device_id, error)
        // The device ended it though nobody here wanted that: it stops, or its owner took it back.
        case 'cancelled':
        case 'returned':
          return again(tx, record, { outcome: 'returned', error }, RETURN_DELAY_MS)
      }
    },
    lost: (tx, record, reason, gone_ms) => {
      const ended_ms = lostMs(record, gone_ms, now())
      const error: TaskError = { code: 'DEVICE_LOST', message: reason }
      const how = { outcome: 'lost', error, ended_ms } as const
      const next = { ...record, lost: record.lost + 1 }
      const poison = poisonReason(endedAttempts(record, how, now()))
      lessons.lost(tx, record)
      if (poison !== undefined)
        return end(tx, next, 'failed', { ...noEnd, ...how, error: { code: 'DEVICE_LOST', message: poison } })
      if (record.task.on_device_lost === 'fail' || next.lost > MAX_LOST_ATTEMPTS)
        return end(tx, next, 'failed', { ...noEnd, ...how })
      again(tx, next, how, 0)
    },
    returned: (tx, record, reason) =>
      again(tx, record, { outcome: 'returned', error: { code: 'TASK_REJECTED', message: reason } }, 0),
    cancelled: (tx, record, reason) =>
      end(tx, withLine(record, now(), reason), 'cancelled', { ...noEnd, outcome: 'cancelled', error: null }),
  }
}

/** True where the device holds the attempt that counts. */
export const holds = (record: TaskRecord | undefined, device_id: string): record is TaskRecord =>
  record?.task.device_id === device_id
