/** Callers that wait for the end of a task. */
import type { TaskRecord } from './ports/store.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'

/** Callers that wait. */
export interface Waiters {
  /** Resolves when the task is final and on disk, or after `seconds`; at once where `seconds` is 0. */
  wait(task_id: string, seconds: number): Promise<void>
  /** The task is final, and on disk. */
  ended(task_id: TaskRecord['task']['task_id']): void
  /** Lets all go: the node stops. */
  release(): void
}

/** Nobody waits yet. */
export const createWaiters = (clock: Clock): Waiters => {
  const waiting = new Map<string, Set<() => void>>()
  return {
    wait: (task_id, seconds) => {
      if (seconds <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const callers = waiting.get(task_id) ?? new Set()
        waiting.set(task_id, callers)
        let cancel: CancelTimer = () => undefined
        const done = () => {
          cancel()
          callers.delete(done)
          if (callers.size === 0) waiting.delete(task_id)
          resolve()
        }
        callers.add(done)
        cancel = clock.after(seconds * 1000, done)
      })
    },
    ended: (task_id) => {
      for (const done of [...(waiting.get(task_id) ?? [])]) done()
    },
    release: () => {
      for (const callers of [...waiting.values()]) for (const done of [...callers]) done()
    },
  }
}
