/** What an executor is, and what comes out of one. */
import type { ResourceUsage, TaskErrorCode, TaskResult } from '../../../schemas/task.ts'
import type { FinishedParams, Progress } from '../../../schemas/link.ts'
import type { TaskFiles } from '../files/task-files.ts'
import { UNKNOWN_USAGE } from '../processes/usage.ts'

/** Why the runner ends an attempt. It is the reason of the executor's signal. */
export type EndReason =
  /** Somebody cancelled the task. */
  | 'cancelled'
  /** Its running time is used up. */
  | 'timeout'
  /** The worker stops, or has been without its node for too long. */
  | 'returned'
  /** The node wants it no more. */
  | 'abandoned'

/** What an executor is given besides the payload. */
export type ExecutionContext = {
  /** The attempt's name, which is its marker. */
  readonly attempt: string
  /** Which attempt of its task it is, from 1 on. */
  readonly number: number
  /** The running time that it is given, seconds. The runner ends it then. */
  readonly timeoutSeconds: number
  /** Aborted, with an `EndReason`, when the attempt is to end. */
  readonly signal: AbortSignal
  /** Aborted when the worker ends at once: what runs is killed in that very turn, and nothing is waited for. */
  readonly killed: AbortSignal
  /** Takes text as it is printed; all of it together is what the result's `output` will be. */
  onOutput(text: string): void
  /** Takes what the task says of how far it is. */
  onProgress(progress: Progress): void
  /** The files that it takes and leaves; absent where none are named. */
  readonly files?: Omit<TaskFiles, 'release'>
}

/** How an execution ended. `interrupted`: it was ended by its signal before it came to an end of its own. */
export type Execution = Pick<FinishedParams, 'result' | 'error' | 'rejection'> & {
  readonly outcome: 'completed' | 'failed' | 'rejected' | 'interrupted'
  readonly resource_usage: ResourceUsage
}

/** Runs tasks of one type. It resolves only when nothing of the task runs any more. */
export type Executor = (payload: Record<string, unknown>, context: ExecutionContext) => Promise<Execution>

/** The end of an attempt that failed. */
export const failed = (code: TaskErrorCode, message: string, more: Partial<Execution> = {}): Execution => ({
  outcome: 'failed',
  result: null,
  resource_usage: UNKNOWN_USAGE,
  ...more,
  error: { code, message: message.slice(0, 8192) },
})

/**
 * The end of an attempt that this device cannot run, though another may.
 * @param rejection - what it cannot run, so that it is not asked for the like; absent where that says nothing of other tasks
 */
export const rejected = (message: string, rejection?: FinishedParams['rejection']): Execution => ({
  ...failed('TASK_REJECTED', message),
  outcome: 'rejected',
  ...(rejection === undefined ? {} : { rejection }),
})

/** The end of an attempt that went well. */
export const completed = (result: Partial<TaskResult>, resource_usage: ResourceUsage = UNKNOWN_USAGE): Execution => ({
  outcome: 'completed',
  result: {
    output: '',
    exit_code: 0,
    signal: null,
    value: null,
    output_truncated: false,
    output_bytes: 0,
    ...result,
  },
  error: null,
  resource_usage,
})

/** The end of an attempt that was ended from outside; the runner knows why. */
export const interrupted = (result: TaskResult | null, resource_usage: ResourceUsage = UNKNOWN_USAGE): Execution => ({
  outcome: 'interrupted',
  result,
  error: null,
  resource_usage,
})
