/** What the tests of the worker share. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttemptRef, FinishedParams, Progress, RunParams } from '../../schemas/link.ts'
import { attemptName } from '../../src/worker/attempts.ts'
import type { ExecutionContext } from '../../src/worker/executors/execution.ts'
import type { Log } from '../../src/worker/log.ts'

/** A test that ends what it made. */
export type Owner = { teardown(end: () => unknown): unknown }

/** A directory that goes with the test. */
export const temporaryDirectory = (t: Owner): string => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-worker-'))
  // A program that ends at this moment may write its last file still.
  t.teardown(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/** A log that keeps the texts of warnings and errors. */
export const keptLog = (): Log & { readonly lines: string[] } => {
  const lines: string[] = []
  const keep = (_fields: object, message: string) => void lines.push(message)
  return { lines, debug: () => undefined, info: () => undefined, warn: keep, error: keep }
}

export { fixture } from './fixture.ts'

/**
 * The epoch of all attempts of this process. Processes are found by their attempt's name, so that two test files that ran
 * at a time under one name would end each other's.
 */
export const EPOCH = process.pid

/** An attempt of a task. */
export const ref = (task_id = 'task-a', attempt = 1): AttemptRef => ({ task_id, epoch: EPOCH, attempt })

/** The name of the attempt that executors are given: `ref()`'s. */
export const ATTEMPT = attemptName(ref())

/** An assignment. */
export const assignment = (more: Partial<RunParams> = {}): RunParams => ({
  ...ref(),
  task_type: 'echo',
  payload: { message: 'hello' },
  timeout_seconds: 60,
  ...more,
})

/** The end of an attempt. */
export const finished = (more: Partial<FinishedParams> = {}): FinishedParams => ({
  ...ref(),
  outcome: 'completed',
  result: { output: 'hello', exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 5 },
  error: null,
  execution_time_seconds: 0.5,
  resource_usage: null,
  ...more,
})

/** What an executor is given, with what it printed. */
export const execution = (
  more: Partial<ExecutionContext> = {},
): {
  context: ExecutionContext
  printed: () => string
  reports: readonly Progress[]
  end: AbortController
  kill: AbortController
} => {
  const pieces: string[] = []
  const reports: Progress[] = []
  const end = new AbortController()
  const kill = new AbortController()
  const context: ExecutionContext = {
    attempt: ATTEMPT,
    number: 1,
    timeoutSeconds: 60,
    signal: end.signal,
    killed: kill.signal,
    onOutput: (text) => void pieces.push(text),
    onProgress: (progress) => void reports.push(progress),
    ...more,
  }
  return { context, printed: () => pieces.join(''), reports, end, kill }
}

/** Waits until something is so; fails after `seconds`, naming it. */
export const until = async (what: string, isSo: () => boolean, seconds = 20): Promise<void> => {
  const deadline = performance.now() + seconds * 1000
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
