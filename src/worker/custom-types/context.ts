/** What the code of an owner's own task type is given beside the payload. */
import { format } from 'node:util'
import { progressLine } from '../executors/progress-lines.ts'

/** What it is given. */
export type TaskContext = {
  /** Aborted when the task is to end: cancelled, out of time, handed back. What goes on after five seconds is killed. */
  readonly signal: AbortSignal
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
  /** An empty directory of its own, which is removed afterwards. */
  readonly directory: string
  /** Prints a line, which is seen while the task runs. */
  readonly log: (...values: readonly unknown[]) => void
  /** Says how far it is. @throws TypeError for what is no number */
  readonly progress: (percent: number, message?: string) => void
}

/** Aborted by the signal that ends the process, which then has to end by itself. */
const endingSignal = (): AbortSignal => {
  const ending = new AbortController()
  process.once('SIGTERM', () => ending.abort(new Error('the task is to end')))
  return ending.signal
}

/** Makes it, for a process whose working directory is that of the task. */
export const taskContext = (attempt: number): TaskContext => {
  const directory = process.cwd()
  let signal: AbortSignal | undefined
  return {
    // Made when it is asked for: code that does not look at it is ended at once, as any program is.
    get signal() {
      signal ??= endingSignal()
      return signal
    },
    attempt,
    directory,
    log: (...values) => void process.stdout.write(`${format(...values)}\n`),
    progress: (percent, message = '') => {
      if (typeof percent !== 'number' || Number.isNaN(percent))
        throw new TypeError('progress takes a number from 0 to 100')
      process.stdout.write(progressLine(percent, message))
    },
  }
}
