/** Callers that wait: for the end of a task, of all tasks of a batch, or for more of an output. */
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { TaskRecord } from './ports/records.ts'

/** What is waited for when a whole batch is to end. */
export const batchKey = (batch_id: string): string => `batch/${batch_id}`
/** What is waited for when a task is to print more, or to end. */
export const outputKey = (task_id: string): string => `output/${task_id}`

/** Callers that wait. */
export interface Waiters {
  /**
   * Resolves when what is waited for (a task id, or a key from above) has come and is on disk, or after `seconds`; at once where
   * that is 0. Where it was the end of a task, with the record of it.
   */
  wait(key: string, seconds: number): Promise<TaskRecord | undefined>
  /** It has come. `ended`: with the end of the task, which whoever waits need not look for in the store. */
  wake(key: string, ended?: TaskRecord): void
  /** Lets all go: the node stops. */
  release(): void
}

/** Nobody waits yet. */
export const createWaiters = (clock: Clock): Waiters => {
  const waiting = new Map<string, Set<(ended?: TaskRecord) => void>>()
  return {
    wait: (key, seconds) => {
      if (seconds <= 0) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const callers = waiting.get(key) ?? new Set()
        waiting.set(key, callers)
        let cancel: CancelTimer = () => undefined
        const done = (ended?: TaskRecord) => {
          cancel()
          callers.delete(done)
          if (callers.size === 0) waiting.delete(key)
          resolve(ended)
        }
        callers.add(done)
        cancel = clock.after(seconds * 1000, done)
      })
    },
    wake: (key, ended) => {
      for (const done of [...(waiting.get(key) ?? [])]) done(ended)
    },
    release: () => {
      for (const callers of [...waiting.values()]) for (const done of [...callers]) done()
    },
  }
}
