/** Callers that wait: for the end of a task, of all tasks of a batch, or for more of an output. */
import type { CancelTimer, Clock } from './ports/clock.ts'

/** What is waited for when a whole batch is to end. */
export const batchKey = (batch_id: string): string => `batch/${batch_id}`
/** What is waited for when a task is to print more, or to end. */
export const outputKey = (task_id: string): string => `output/${task_id}`

/** Callers that wait. */
export interface Waiters {
  /** Resolves when what is waited for (a task id, or a key from above) has come and is on disk, or after `seconds`; at once where that is 0. */
  wait(key: string, seconds: number): Promise<void>
  /** It has come. */
  wake(key: string): void
  /** Lets all go: the node stops. */
  release(): void
}

/** Nobody waits yet. */
export const createWaiters = (clock: Clock): Waiters => {
  const waiting = new Map<string, Set<() => void>>()
  return {
    wait: (key, seconds) => {
      if (seconds <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const callers = waiting.get(key) ?? new Set()
        waiting.set(key, callers)
        let cancel: CancelTimer = () => undefined
        const done = () => {
          cancel()
          callers.delete(done)
          if (callers.size === 0) waiting.delete(key)
          resolve()
        }
        callers.add(done)
        cancel = clock.after(seconds * 1000, done)
      })
    },
    wake: (key) => {
      for (const done of [...(waiting.get(key) ?? [])]) done()
    },
    release: () => {
      for (const callers of [...waiting.values()]) for (const done of [...callers]) done()
    },
  }
}
