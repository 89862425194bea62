/** What follows from events that are on disk: they are shown, whoever waits for them is told, and what was told live is let go. */
import type { EventHub } from './events.ts'
import type { Experience } from './experience.ts'
import type { Outputs } from './outputs.ts'
import type { StoredEvent, TaskRecord } from './ports/records.ts'
import type { Progresses } from './progresses.ts'
import type { State } from './state.ts'
import { batchKey, outputKey, type Waiters } from './waiters.ts'

/** What it works with. */
export type PublicationContext = {
  readonly state: State
  readonly events: EventHub
  readonly waiters: Waiters
  readonly experience: Experience
  readonly outputs: Outputs
  readonly progresses: Progresses
}

/** Publishes what a commit has brought to the disk, in its order; `tasks` are those that it wrote. */
export const createPublication = ({
  state,
  events,
  waiters,
  experience,
  outputs,
  progresses,
}: PublicationContext): ((stored: readonly StoredEvent[], tasks: ReadonlyMap<string, TaskRecord>) => void) => {
  /** What was told live of a task: its attempt is over, and what counts of it stands in the record. */
  const dropLive = (task_id: string) => {
    outputs.drop(task_id)
    progresses.drop(task_id)
  }
  return (stored, tasks) => {
    for (const { event } of stored) {
      if (event.type === 'task_retrying') dropLive(event.task_id)
      if (event.type !== 'task_completed' && event.type !== 'task_failed' && event.type !== 'task_cancelled') continue
      const { task_id, batch_id } = event
      dropLive(task_id)
      const ended = tasks.get(task_id)
      waiters.wake(task_id, ended)
      waiters.wake(outputKey(task_id), ended)
      if (batch_id === null || state.unfinishedOf(batch_id) > 0) continue
      experience.dropBatch(batch_id)
      waiters.wake(batchKey(batch_id))
    }
    events.publish(stored)
  }
}
