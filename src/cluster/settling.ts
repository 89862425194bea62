/** What a device has and what it should have, settled at its hello. */
import type { AttemptRef, HelloParams } from '../../schemas/index.ts'
import { isCurrent, keyOf, refOf } from './attempt.ts'
import type { Fleet } from './fleet.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** What settling works with. */
export type SettlingContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly lifecycle: Lifecycle
}

/** Compares what a device has with what it should have. Returns the attempts that it must end. */
export const settle = (
  context: SettlingContext,
  tx: Transaction,
  device_id: string,
  params: HelloParams,
): AttemptRef[] => {
  const { state, fleet, lifecycle } = context
  const has = new Set([...params.running, ...params.finished].map(keyOf))
  for (const task_id of [...state.assignedTo(device_id)]) {
    const record = state.tasks.get(task_id)
    if (record === undefined || has.has(keyOf(refOf(record)))) continue
    if (record.task.status === 'running')
      lifecycle.lost(tx, record, `${device_id} restarted and lost it`, fleet.goneMs(device_id))
    else lifecycle.returned(tx, record, `${device_id} never received it`)
  }
  // What it runs, and what it finished meanwhile, is taken up again, even where it was taken for lost: so nobody else gets it.
  const takeUp = (ref: AttemptRef) => {
    const record = state.tasks.get(ref.task_id)
    if (record === undefined || !isCurrent(record, ref, device_id)) return false
    lifecycle.started(tx, record, device_id)
    return true
  }
  for (const ref of params.finished) takeUp(ref)
  return params.running.filter((ref) => !takeUp(ref))
}
