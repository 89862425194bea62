/** How an unfinished task is cancelled by request. */
import { isAssigned, keyOf, refOf } from './attempt.ts'
import type { Fleet } from './fleet.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { TaskRecord } from './ports/records.ts'
import type { Transaction } from './unit-of-work.ts'

/** What cancelling works with. */
export type CancellationContext = { readonly fleet: Fleet; readonly lifecycle: Lifecycle }

/** Cancels a pending or running task, as a step of a unit of work, and tells the device that has it. */
export const cancelTask = ({ fleet, lifecycle }: CancellationContext, tx: Transaction, record: TaskRecord): void => {
  lifecycle.cancelled(tx, record, 'cancelled by request')
  const { device_id } = record.task
  if (device_id === null || !isAssigned(record)) return
  // The slot stays taken until the device has said that it is over.
  const { ending, link } = fleet.of(device_id)
  const ref = refOf(record)
  if (link !== null) {
    ending.add(keyOf(ref))
    tx.undone(() => ending.delete(keyOf(ref)))
  }
  tx.after(() => link?.notify('task.cancel', ref))
}
