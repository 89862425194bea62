/** How tasks are taken back. */
import { isAssigned, keyOf, refOf } from './attempt.ts'
import type { Cluster } from './cluster.ts'
import { ClusterError } from './errors.ts'
import type { Fleet } from './fleet.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { TaskRecord } from './ports/store.ts'
import type { State } from './state.ts'
import type { TaskLookup } from './task-lookup.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** What cancelling works with. */
export type CancellationContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly work: UnitOfWork
  readonly lifecycle: Lifecycle
}

/** The operations that cancel tasks. */
export const createCancellation = (
  { state, fleet, work, lifecycle }: CancellationContext,
  { find }: TaskLookup,
): Pick<Cluster['tasks'], 'cancel'> => {
  const cancel = (tx: Transaction, record: TaskRecord) => {
    lifecycle.cancelled(tx, record, 'cancelled by request')
    const { device_id } = record.task
    if (device_id === null || !isAssigned(record)) return
    // The slot stays taken until the device has said that it is over.
    const { ending, link } = fleet.of(device_id)
    const ref = refOf(record)
    if (link !== null) ending.add(keyOf(ref))
    tx.after(() => link?.notify('task.cancel', ref))
  }

  return {
    cancel: async ({ task_id }) => {
      await find(task_id)
      const record = state.tasks.get(task_id)
      if (record === undefined) {
        const { task } = await find(task_id)
        throw new ClusterError('TASK_NOT_CANCELLABLE', { task_id, task_status: task.status })
      }
      return work.run((tx) => {
        cancel(tx, record)
        return () => ({ cancelled_task: task_id, was_running: record.task.status === 'running' })
      })
    },
  }
}
