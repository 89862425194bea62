/** The operations on many tasks at once. */
import type { BatchCancellation, BatchRetried, TaskSubmission } from '../../schemas/index.ts'
import { noBatch, placeIn } from './batch-place.ts'
import { batchProgress } from './batch-progress.ts'
import type { Cluster, Refused, Unworded } from './cluster.ts'
import { ClusterError } from './errors.ts'
import type { Once } from './idempotency.ts'
import { type FileLook, filesOf, type MissingFiles } from './files/inputs.ts'
import { newBatchId } from './identifiers.ts'
import type { Clock } from './ports/clock.ts'
import type { BatchSummary, Store } from './ports/store.ts'
import type { State } from './state.ts'
import { cancelTask, type CancellationContext } from './task-cancellation.ts'
import { type Intake, workOf } from './task-intake.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'
import { batchKey, type Waiters } from './waiters.ts'

/** What the operations work with. */
export type BatchContext = CancellationContext & {
  readonly state: State
  readonly store: Store
  readonly work: UnitOfWork
  readonly waiters: Waiters
  readonly clock: Clock
  readonly once: Once
  readonly fileLook: FileLook
}

/** The operations. */
export type BatchOperations = Pick<Cluster['tasks'], 'submitBatch' | 'batch' | 'cancelBatch' | 'retryBatch'>

/**
 * One call changes at most what one submission brings in: so many tasks, with so many bytes of payload (CONTRACT.md §3, §5).
 * For as long as a unit of work takes, no device is heard: 0.1 s for 1000 tasks on two busy cores, 2.5 s for 10,000.
 */
const MOST_TASKS = 1000
const MOST_PAYLOAD_BYTES = 16 * 1024 * 1024

type Cancelled = Unworded<BatchCancellation>['outcomes'][number]
/** The work of a task, or why it cannot be done again. */
type Work = TaskSubmission | ClusterError
type Retried = Unworded<BatchRetried>['outcomes'][number]

/** What `act` returns, or why it refuses. Where there is no room all are refused, and not one of them. */
const tried = <T>(act: () => T): T | ClusterError => {
  try {
    return act()
  } catch (error) {
    if (error instanceof ClusterError && error.code !== 'STORAGE_FULL') return error
    throw error
  }
}

/** The refusal of a task as that of its batch: it says which task, and where in the body of the batch. */
const inBatch = ({ code, details }: ClusterError, index: number): ClusterError => {
  const path = `/tasks/${index}`
  const issues = details.issues?.map((issue) => ({ ...issue, path: `${path}${issue.path}` }))
  return new ClusterError(code, { ...details, ...(issues === undefined ? {} : { issues }), path })
}

/** Builds the operations. */
export const createBatchOperations = (context: BatchContext, intake: Intake): BatchOperations => {
  const { state, store, work, waiters, clock, once, fileLook } = context

  const summaryOf = async (batch_id: string): Promise<BatchSummary> => {
    const summary = await store.batch(batch_id)
    if (summary === undefined) throw noBatch(batch_id)
    return summary
  }

  const unfinishedIds = (batch_id: string | undefined): string[] =>
    [...state.tasks.values()].filter(({ task }) => task.batch_id === batch_id).map(({ task }) => task.task_id)

  /** The outcome for a task that memory has let go of. */
  const notCancelled = async (task_id: string): Promise<Cancelled> => {
    const record = await store.task(task_id)
    const error: Refused =
      record === undefined
        ? { code: 'TASK_NOT_FOUND', details: { task_id } }
        : { code: 'TASK_NOT_CANCELLABLE', details: { task_id, task_status: record.task.status } }
    return { task_id, outcome: 'refused', was_running: false, error }
  }

  /**
   * The work of these tasks, or why it can't be done again; in their order, as far as one submission goes. They are read
   * one by one, and what they printed is dropped: together they may be larger than the memory.
   */
  const worksOf = async (task_ids: readonly string[]): Promise<Map<string, Work>> => {
    const works = new Map<string, Work>()
    let bytes = 0
    for (const task_id of task_ids) {
      const record = state.tasks.get(task_id) ?? (await store.task(task_id))
      const found = record === undefined ? new ClusterError('TASK_NOT_FOUND', { task_id }) : tried(() => workOf(record))
      if (!(found instanceof ClusterError)) bytes += Buffer.byteLength(JSON.stringify(found.payload))
      if (bytes > MOST_PAYLOAD_BYTES && works.size > 0) break
      works.set(task_id, found)
    }
    return works
  }

  /** The tasks of a batch that failed or were cancelled, and that nobody has repeated yet; those after one, where it is named. */
  const failuresOf = async (batch_id: string, after: string | undefined): Promise<readonly string[]> => {
    const sequence = after === undefined ? 0 : await placeIn(context, { batch_id, task_id: after, in: 'body' })
    const failures = await store.unrepeated(batch_id, sequence, MOST_TASKS + 1)
    if (failures.length === 0) await summaryOf(batch_id)
    return failures
  }

  /** Repeats one task, as a step of a unit of work. */
  const retry = (tx: Transaction, task_id: string, work: Work, missing: MissingFiles): Retried => {
    const made = work instanceof ClusterError ? work : tried(() => intake.add(tx, work, task_id, missing))
    if (!(made instanceof ClusterError))
      return { task_id, outcome: 'retried', new_task_id: made.task.task_id, error: null }
    const { code, details } = made
    return { task_id, outcome: 'refused', new_task_id: null, error: { code, details } }
  }

  /** Without those that another call has repeated in this very turn: that is not on disk yet. */
  const unrepeated = (task_ids: readonly string[]): string[] => {
    const repeated = new Set([...state.tasks.values()].map(({ task }) => task.original_task_id))
    return task_ids.filter((task_id) => !repeated.has(task_id))
  }

  return {
    submitBatch: ({ idempotency, ...batch }) =>
      once({ idempotency, path: '/tasks/batch', body: batch }, (run) =>
        fileLook.during(filesOf(batch.tasks), (missing) =>
          run((tx) => {
            const batch_id = batch.batch_id ?? newBatchId()
            const task_ids = batch.tasks.map((submission, index) => {
              const added = tried(() => intake.add(tx, { ...submission, batch_id }, null, missing))
              // One that can't be taken in refuses all: the refusal says which.
              if (added instanceof ClusterError) throw inBatch(added, index)
              return added.task.task_id
            })
            return () => ({ batch_id, task_ids })
          }),
        ),
      ),
    batch: async ({ batch_id, wait }) => {
      const look = async () => batchProgress(batch_id, await summaryOf(batch_id), clock.now())
      const progress = await work.read(() => undefined).then(look)
      if (wait <= 0 || state.unfinishedOf(batch_id) === 0) return progress
      await waiters.wait(batchKey(batch_id), wait)
      return look()
    },
    cancelBatch: async ({ task_ids, batch_id }) => {
      // What started a moment ago is known to have then.
      await work.read(() => undefined)
      if (batch_id !== undefined && state.unfinishedOf(batch_id) === 0) await summaryOf(batch_id)
      const { chosen, more, cancelled } = await work.run((tx) => {
        const all = task_ids ?? unfinishedIds(batch_id)
        const chosen = all.slice(0, MOST_TASKS)
        const cancelled = new Map<string, Cancelled>()
        for (const task_id of chosen) {
          const record = state.tasks.get(task_id)
          if (record === undefined) continue
          cancelTask(context, tx, record)
          const was_running = record.task.status === 'running'
          cancelled.set(task_id, { task_id, outcome: 'cancelled', was_running, error: null })
        }
        return () => ({ chosen, more: all.length > chosen.length, cancelled })
      })
      const outcomes: Cancelled[] = []
      for (const task_id of chosen) outcomes.push(cancelled.get(task_id) ?? (await notCancelled(task_id)))
      return { outcomes, changed: cancelled.size, more }
    },
    retryBatch: ({ idempotency, ...request }) =>
      once({ idempotency, path: '/tasks/batch/retry', body: request }, async (run) => {
        // The schema sees to it that one of the two is there.
        const { task_ids, batch_id = '', after, ...change } = request
        // What ended a moment ago is on disk then, and found there.
        await work.read(() => undefined)
        const all = task_ids ?? (await failuresOf(batch_id, after))
        const works = await worksOf(all.slice(0, MOST_TASKS))
        const taken = filesOf(
          [...works.values()].filter((found): found is TaskSubmission => !(found instanceof ClusterError)),
        )
        return fileLook.during(taken, (missing) =>
          run((tx) => {
            const chosen = task_ids ?? unrepeated([...works.keys()])
            const outcomes = chosen.map((task_id) => {
              const found =
                works.get(task_id) ?? new ClusterError('PAYLOAD_TOO_LARGE', { limit_bytes: MOST_PAYLOAD_BYTES })
              return retry(tx, task_id, found instanceof ClusterError ? found : { ...found, ...change }, missing)
            })
            const changed = outcomes.filter(({ outcome }) => outcome === 'retried').length
            return () => ({ outcomes, changed, more: task_ids === undefined && all.length > works.size })
          }),
        )
      }),
  }
}
