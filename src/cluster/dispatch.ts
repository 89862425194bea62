/** The shell around the scheduler: it gives out what the pass decides, and wakes it when a backoff or a pause ends. */
import { refOf } from './attempt.ts'
import type { Knowledge } from './experience.ts'
import type { Fleet } from './fleet.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createPlaces } from './places.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import { schedule } from './scheduler.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** Runs the scheduler. */
export interface Dispatcher {
  /** One pass, as part of a unit of work; the tasks leave for their devices once it is on disk. */
  dispatch(tx: Transaction): void
  stop(): void
}

/** A dispatcher; `poke` asks for a pass at the end of the turn. */
export const createDispatcher = (
  {
    state,
    fleet,
    lifecycle,
    knowledge,
    clock,
  }: { state: State; fleet: Fleet; lifecycle: Lifecycle; knowledge: Knowledge; clock: Clock },
  poke: () => void,
): Dispatcher => {
  let cancelWakeUp: CancelTimer = () => undefined
  let isStopped = false
  const beginPass = createPlaces(fleet, knowledge)

  const give = (tx: Transaction) => {
    const classes = state.queue.classes(clock.now())
    if (classes.length === 0) return
    schedule(classes, beginPass(), knowledge, ({ record, device_id }) => {
      const assigned = lifecycle.assign(tx, record, device_id, state.epoch)
      const { task_type, payload, timeout, inputs, outputs } = assigned.task
      const run = {
        ...refOf(assigned),
        task_type,
        payload,
        timeout_seconds: timeout,
        // Only who takes files is given such a task; others need not know the fields.
        ...(inputs.length === 0 ? {} : { inputs }),
        ...(outputs.length === 0 ? {} : { outputs }),
      }
      tx.after(() => fleet.of(device_id).link?.notify('task.run', run))
    })
  }

  return {
    dispatch: (tx) => {
      if (isStopped) return
      give(tx)
      cancelWakeUp()
      const wakeUps = [state.queue.nextDueMs(clock.now()), fleet.nextProofMs()].filter((ms) => ms !== undefined)
      cancelWakeUp = wakeUps.length === 0 ? () => undefined : clock.after(Math.max(1, Math.min(...wakeUps)), poke)
    },
    stop: () => {
      isStopped = true
      cancelWakeUp()
    },
  }
}
