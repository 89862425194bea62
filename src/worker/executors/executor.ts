/** What an executor is: the code that runs the tasks of one type. */
import type { TaskError, TaskResult, ResourceUsage } from '../../../schemas/task.ts'

/** What an executor is given beside the payload. */
export type ExecutionContext = {
  /** The name of the attempt: the marker of its processes, and its directory. */
  readonly attempt: string
  /** Aborts when the task is to end: cancelled, out of time, or the worker stops. */
  readonly signal: AbortSignal
  /** Text that the task prints, as it comes. */
  readonly onOutput: (text: string) => void
}

/** How a run ended, whatever ended it. */
export type Outcome = {
  readonly outcome: 'completed' | 'failed' | 'rejected'
  readonly result: TaskResult | null
  readonly error: TaskError | null
  readonly usage: ResourceUsage | null
}

/** Runs a task. It resolves when nothing of the task is left, also after `signal` has aborted; it does not reject. */
export type Executor = (payload: Record<string, unknown>, context: ExecutionContext) => Promise<Outcome>

/** The result of a task that only prints. */
export const printed = (output: string): TaskResult => ({
  output,
  exit_code: 0,
  signal: null,
  value: null,
  output_truncated: false,
  output_bytes: Buffer.byteLength(output),
})

/** It went well. */
export const completed = (result: TaskResult, usage: ResourceUsage | null = null): Outcome => ({
  outcome: 'completed',
  result,
  error: null,
  usage,
})

/** This device can't run it; another may. */
export const rejected = (message: string): Outcome => ({
  outcome: 'rejected',
  result: null,
  error: { code: 'TASK_REJECTED', message },
  usage: null,
})
