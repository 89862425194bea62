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
  const ref = refOf(record)
  // The slot stays taken until the device has said that it is over.
  const live = fleet.of(device_id)
  if (live.link !== null) {
    live.ending.add(keyOf(ref))
    tx.undone(() => live.ending.delete(keyOf(ref)))
  }
  tx.after(() => {
    // A hello that went to the disk by the same commit has put a connection and a list of its own in the place of these.
    if (live.link === null) return
    live.ending.add(keyOf(ref))
    live.link.notify('task.cancel', ref)
  })
}
