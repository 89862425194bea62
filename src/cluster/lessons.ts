/** What the ends of attempts teach the scheduler of the devices. Each lesson is part of the unit of work that records the end. */
import { demandOf } from './demand.ts'
import type { Experience } from './experience.ts'
import { type RejectionCause, withLack, withRun } from './learned.ts'
import type { Learned, TaskRecord } from './ports/records.ts'
import { afterFailure, afterSuccess, mayPause } from './probation.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

/** The lessons. */
export interface Lessons {
  /** A device was given a task. */
  assigned(tx: Transaction, record: TaskRecord, device_id: string): void
  /** It has completed it; in seconds, null where it did not tell. */
  completed(tx: Transaction, record: TaskRecord, device_id: string, seconds: number | null): void
  /** The task has failed there. */
  failed(tx: Transaction, record: TaskRecord, device_id: string): void
  /** The task was lost with its device. */
  lost(tx: Transaction, record: TaskRecord): void
  /** The device cannot run it; `cause` undefined where that says nothing of other tasks. */
  rejected(tx: Transaction, record: TaskRecord, device_id: string, cause: RejectionCause | undefined): void
}

/** What is learned goes into the devices' records, and into experience. `now` in epoch milliseconds. */
export const createLessons = (
  { devices, deviceCounts, onProbation }: Pick<State, 'devices' | 'deviceCounts' | 'onProbation'>,
  experience: Experience,
  now: () => number,
): Lessons => {
  const isAllowed = () => mayPause(onProbation.size, deviceCounts.online)
  const tell = (tx: Transaction, device_id: string, { probation, failures }: Learned) =>
    tx.log(probation === null ? 'info' : 'warning', {
      component: 'scheduler',
      device_id,
      task_id: null,
      message:
        probation === null
          ? `device ${device_id} has proved itself`
          : `device ${device_id} gets nothing for ${probation.seconds} seconds: it failed ${failures} times in a row what others complete`,
      details: probation === null ? {} : { failures, seconds: probation.seconds },
    })
  const learn = (tx: Transaction, device_id: string, change: (learned: Learned) => Learned) => {
    const device = devices.get(device_id)
    if (device === undefined) return
    const learned = change(device.learned)
    // Most ends teach nothing new: then nothing is written.
    if (learned === device.learned) return
    tx.putDevice({ ...device, learned })
    if (learned.probation !== device.learned.probation) tell(tx, device_id, learned)
  }

  return {
    assigned: (tx, record, device_id) => tx.after(() => experience.given(record, device_id)),
    completed: (tx, record, device_id, seconds) => {
      learn(tx, device_id, (learned) => afterSuccess(withRun(learned, record), now()))
      tx.after(() => experience.completed(record, device_id, seconds))
    },
    failed: (tx, { task }, device_id) => {
      if (experience.completedElsewhere(task.task_type, device_id))
        learn(tx, device_id, (learned) => afterFailure(learned, now(), isAllowed))
      tx.after(() => experience.failed(task.task_type, device_id))
    },
    lost: (tx, { task }) => {
      const { device_id, task_type } = task
      if (device_id !== null) tx.after(() => experience.failed(task_type, device_id))
    },
    rejected: (tx, record, device_id, cause) => {
      if (cause !== undefined) learn(tx, device_id, (learned) => withLack(learned, cause, demandOf(record), now()))
    },
  }
}
