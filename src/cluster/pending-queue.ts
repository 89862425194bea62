/** Pending tasks in classes of like demand, as HTCondor's autoclusters are: a pass looks at classes, not at tasks. */
import TinyQueue from 'tinyqueue'
import type { Priority } from '../../schemas/index.ts'
import type { ListedTask, TaskRecord } from './ports/store.ts'
import type { Demand } from './requirements.ts'

/**
 * How long a task of each priority may be overtaken, in milliseconds of head start. The order of two tasks is that of
 * `created - head start`, so waiting raises a task by itself: no `low` task waits more than two hours behind newer ones.
 */
const headStartMs: Readonly<Record<Priority, number>> = {
  low: -3_600_000,
  normal: 0,
  high: 1_800_000,
  urgent: 3_600_000,
}

type Entry = {
  readonly rank: number
  readonly sequence: number
  readonly record: TaskRecord
  readonly queue: ClassQueue
}

/** The waiting tasks of one class, the most urgent first. */
export interface PendingClass {
  readonly demand: Demand
  /** The most urgent task; undefined where none waits. */
  head(): TaskRecord | undefined
  /** Its place among the heads of all classes: the lower, the sooner. */
  headRank(): number
}

type ClassQueue = PendingClass & { readonly key: string; readonly heap: TinyQueue<Entry>; live: number }

const byRank = (a: Entry, b: Entry) => a.rank - b.rank || a.sequence - b.sequence

/** What the demand of a task is. */
export const demandOf = ({ task, rejected_by }: ListedTask): Demand => ({
  task_type: task.task_type,
  requested_device_id: task.requested_device_id,
  requirements: task.requirements,
  rejected_by,
})

/** Demands that are equal have the same key, whatever the order of their fields. */
export const demandKey = (demand: Demand): string =>
  JSON.stringify([
    demand.task_type,
    demand.requested_device_id,
    Object.entries(demand.requirements).sort(([a], [b]) => (a < b ? -1 : 1)),
    demand.rejected_by,
  ])

/** The queue of tasks that wait for a device. */
export interface PendingQueue {
  /** Puts a task in, or takes it out, according to what became of it. */
  update(record: TaskRecord | undefined, task_id: string): void
  /** The classes in which a task waits that may be given out at `now` (epoch milliseconds). */
  classes(now: number): PendingClass[]
  /** Epoch milliseconds at which the next backoff ends; undefined where none is under way. */
  nextDue(): number | undefined
}

/** An empty queue. */
export const createPendingQueue = (): PendingQueue => {
  const queues = new Map<string, ClassQueue>()
  const entries = new Map<string, Entry>()
  const delayed = new TinyQueue<TaskRecord>([], (a, b) => a.not_before_ms - b.not_before_ms)
  /** The record whose delay counts; an older one in the heap is stale. */
  const waiting = new Map<string, TaskRecord>()

  const queueOf = (record: TaskRecord): ClassQueue => {
    const demand = demandOf(record)
    const key = demandKey(demand)
    const known = queues.get(key)
    if (known !== undefined) return known
    const heap = new TinyQueue<Entry>([], byRank)
    // Entries of tasks that left the queue stay in the heap until they come to its top.
    const top = () => {
      for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
        if (entries.get(entry.record.task.task_id) === entry) return entry
        heap.pop()
      }
      return undefined
    }
    const queue: ClassQueue = {
      key,
      demand,
      heap,
      live: 0,
      head: () => top()?.record,
      headRank: () => top()?.rank ?? Infinity,
    }
    queues.set(key, queue)
    return queue
  }

  const insert = (record: TaskRecord) => {
    const queue = queueOf(record)
    const rank = record.created_ms - headStartMs[record.task.priority]
    const entry: Entry = { rank, sequence: record.sequence, record, queue }
    entries.set(record.task.task_id, entry)
    queue.heap.push(entry)
    queue.live += 1
  }

  const remove = (task_id: string) => {
    waiting.delete(task_id)
    const entry = entries.get(task_id)
    if (entry === undefined) return
    entries.delete(task_id)
    entry.queue.live -= 1
    if (entry.queue.live === 0) queues.delete(entry.queue.key)
  }

  return {
    update: (record, task_id) => {
      remove(task_id)
      if (record?.task.status !== 'pending' || record.task.device_id !== null) return
      if (record.not_before_ms === 0) return insert(record)
      waiting.set(task_id, record)
      delayed.push(record)
    },
    classes: (now) => {
      for (let due = delayed.peek(); due !== undefined && due.not_before_ms <= now; due = delayed.peek()) {
        delayed.pop()
        if (waiting.get(due.task.task_id) !== due) continue
        waiting.delete(due.task.task_id)
        insert(due)
      }
      return [...queues.values()]
    },
    nextDue: () => {
      for (let next = delayed.peek(); next !== undefined; next = delayed.peek()) {
        if (waiting.get(next.task.task_id) === next) return next.not_before_ms
        delayed.pop()
      }
      return undefined
    },
  }
}
