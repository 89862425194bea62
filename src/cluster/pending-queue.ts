/** Pending tasks in classes of like demand, as HTCondor's autoclusters are: a pass looks at classes, not at tasks. */
import TinyQueue from 'tinyqueue'
import type { Priority } from '../../schemas/index.ts'
import { type Demand, demandKey, demandOf } from './demand.ts'
import type { TaskRecord } from './ports/records.ts'
import { isDue } from './retries.ts'

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

/** So many tasks of a class are looked at for one whose inputs need not move. */
const LOOK_AHEAD = 64
/** No task is overtaken for the sake of a transfer by one that came in so much later, milliseconds. */
const OVERTAKEN_MS = 600_000

/** A task that waits, and its place: the lower rank goes first, of equals the lower sequence. */
export type Waiting = { readonly rank: number; readonly sequence: number; readonly record: TaskRecord }

type Entry = Waiting & {
  readonly queue: ClassQueue
  /** False once its task left the queue. It stands in the entry, so that a pass over the heads looks nothing up among all tasks. */
  isLive: boolean
}

/** The waiting tasks of one class, the most urgent first. */
export interface PendingClass {
  readonly demand: Demand
  /** Equal demands have equal keys. */
  readonly key: string
  /** The most urgent task; undefined where none waits. */
  head(): Waiting | undefined
  /** Some of the most urgent tasks, in no order: those that may go before the head where that saves a transfer. */
  closeBehind(): Waiting[]
}

type ClassQueue = PendingClass & { readonly heap: TinyQueue<Entry>; live: number }

const byRank = (a: Entry, b: Entry) => a.rank - b.rank || a.sequence - b.sequence

/** The queue of tasks that wait for a device. */
export interface PendingQueue {
  /** Puts a task in, or takes it out, according to what became of it. */
  update(record: TaskRecord | undefined, task_id: string): void
  /** The class in which a task waits; undefined where it does not, or its backoff lasts. */
  classOf(task_id: string): PendingClass | undefined
  /** The classes in which a task waits that may be given out at `now` (epoch milliseconds). */
  classes(now: number): PendingClass[]
  /** Milliseconds from `now` (epoch milliseconds) until the next backoff ends; undefined where none is under way. */
  nextDueMs(now: number): number | undefined
}

/** An empty queue. */
export const createPendingQueue = (): PendingQueue => {
  const queues = new Map<string, ClassQueue>()
  const entries = new Map<string, Entry>()
  const delayed = new TinyQueue<TaskRecord>([], (a, b) => a.not_before_ms - b.not_before_ms)
  /** The record whose delay counts; an older one in the heap is stale. */
  const waiting = new Map<string, TaskRecord>()
  /** The wall clock when the queue was last asked; a lower one tells that it was set back. */
  let lastMs = -Infinity

  const queueOf = (record: TaskRecord): ClassQueue => {
    const demand = demandOf(record)
    const key = demandKey(demand)
    const known = queues.get(key)
    if (known !== undefined) return known
    const heap = new TinyQueue<Entry>([], byRank)
    // Entries of tasks that left the queue stay in the heap until they come to its top.
    const top = () => {
      for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
        if (entry.isLive) return entry
        heap.pop()
      }
      return undefined
    }
    const closeBehind = () => {
      const last = (top()?.rank ?? -Infinity) + OVERTAKEN_MS
      return heap.data.slice(0, LOOK_AHEAD).filter(({ isLive, rank }) => isLive && rank <= last)
    }
    const queue: ClassQueue = { key, demand, heap, live: 0, head: top, closeBehind }
    queues.set(key, queue)
    return queue
  }

  const insert = (record: TaskRecord) => {
    const queue = queueOf(record)
    const rank = record.created_ms - headStartMs[record.task.priority]
    const entry: Entry = { rank, sequence: record.sequence, record, queue, isLive: true }
    entries.set(record.task.task_id, entry)
    queue.heap.push(entry)
    queue.live += 1
  }

  const remove = (task_id: string) => {
    waiting.delete(task_id)
    const entry = entries.get(task_id)
    if (entry === undefined) return
    entries.delete(task_id)
    entry.isLive = false
    entry.queue.live -= 1
    if (entry.queue.live === 0) queues.delete(entry.queue.key)
  }

  const release = (record: TaskRecord) => {
    waiting.delete(record.task.task_id)
    insert(record)
  }

  return {
    update: (record, task_id) => {
      remove(task_id)
      if (record?.task.status !== 'pending' || record.task.device_id !== null) return
      if (record.not_before_ms === 0) return insert(record)
      waiting.set(task_id, record)
      delayed.push(record)
    },
    classOf: (task_id) => entries.get(task_id)?.queue,
    classes: (now) => {
      // Those that waited by the former time stand behind those that wait by the new one, however long they have waited.
      if (now < lastMs)
        for (const record of [...waiting.values()]) if (isDue(record.not_before_ms, now)) release(record)
      lastMs = now
      for (let due = delayed.peek(); due !== undefined && isDue(due.not_before_ms, now); due = delayed.peek()) {
        delayed.pop()
        if (waiting.get(due.task.task_id) !== due) continue
        release(due)
      }
      return [...queues.values()]
    },
    nextDueMs: (now) => {
      for (let next = delayed.peek(); next !== undefined; next = delayed.peek()) {
        if (waiting.get(next.task.task_id) === next)
          return isDue(next.not_before_ms, now) ? 0 : next.not_before_ms - now
        delayed.pop()
      }
      return undefined
    },
  }
}
