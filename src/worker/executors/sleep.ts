/** `sleep`: waits, and does nothing. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import type { Clock } from '../clock.ts'
import { completed, type Execution, type ExecutionContext, interrupted } from './execution.ts'

/** Makes the executor. It waits by the worker's clock. */
export const sleeper =
  (clock: Clock) =>
  ({ duration }: PayloadOf<'sleep'>, { signal }: ExecutionContext): Promise<Execution> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(interrupted(null))
      const wake = () => {
        cancelTimer()
        resolve(interrupted(null))
      }
      const cancelTimer = clock.after(duration * 1000, () => {
        signal.removeEventListener('abort', wake)
        resolve(completed({}))
      })
      signal.addEventListener('abort', wake, { once: true })
    })
