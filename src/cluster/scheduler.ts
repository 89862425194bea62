/** The scheduler: which task goes to which device. Pure; no clock, no await, no logger. */
import TinyQueue from 'tinyqueue'
import type { Knowledge } from './experience.ts'
import type { TaskRecord } from './ports/records.ts'
import type { PendingClass, Waiting } from './pending-queue.ts'
import type { Places } from './places.ts'

/** A decision. */
export type Assignment = { readonly record: TaskRecord; readonly device_id: string }

/** A class whose turn it is by the rank of its head. */
type Turn = { readonly pending: PendingClass; readonly head: Waiting }

/**
 * The task of the class that a device is given: the head, or where that would have to fetch its inputs, one close behind it whose
 * inputs the device keeps. The head waits for another device then, or for the next slot here.
 */
const nearestTo = (device_id: string, pending: PendingClass, head: Waiting, knowledge: Knowledge): TaskRecord => {
  let chosen = head.record
  if (!pending.demand.files) return chosen
  let most = knowledge.keeps(chosen, device_id)
  if (most === 1) return chosen
  for (const { record } of pending.closeBehind()) {
    const share = knowledge.keeps(record, device_id)
    if (share <= most || knowledge.affinity(record).avoided === device_id) continue
    chosen = record
    most = share
  }
  return chosen
}

/**
 * One pass over the classes; its cost does not grow with the length of the queue, but with what it gives out.
 * `take` removes an assigned task from its class, so that the class shows its next head, and fills a slot of its device.
 */
export const schedule = (
  classes: readonly PendingClass[],
  places: Places,
  knowledge: Knowledge,
  take: (assignment: Assignment) => void,
): void => {
  if (!places.hasAny()) return
  const order = new TinyQueue<Turn>([], (a, b) => a.head.rank - b.head.rank || a.head.sequence - b.head.sequence)
  const queueUp = (pending: PendingClass) => {
    const head = pending.head()
    if (head !== undefined) order.push({ pending, head })
  }
  for (const pending of classes) queueUp(pending)
  while (places.hasAny()) {
    const turn = order.pop()
    if (turn === undefined) return
    const { pending, head } = turn
    const device_id = places.best(pending.demand, head.record)
    // Nothing in this class can be placed in this pass.
    if (device_id === undefined) continue
    take({ record: nearestTo(device_id, pending, head, knowledge), device_id })
    queueUp(pending)
  }
}
