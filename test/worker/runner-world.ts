/** A runner whose attempts the test ends. */
import { join } from 'node:path'
import type { AttemptRef, FinishedParams, OutputParams, ProgressParams } from '../../schemas/link.ts'
import {
  type Execution,
  type ExecutionContext,
  type Executor,
  interrupted,
} from '../../src/worker/executors/execution.ts'
import type { FilePreparation } from '../../src/worker/files/task-files.ts'
import { openOutbox } from '../../src/worker/outbox.ts'
import { createRunner } from '../../src/worker/runner.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { keptLog, type Owner, temporaryDirectory, until } from './world.ts'

/** For attempts that name no files. */
const noFiles: FilePreparation = { prepare: () => Promise.reject(new Error('no files were named')) }

/** A run that the test ends, or that ends when it is told to. */
type Run = { readonly context: ExecutionContext; readonly end: (execution: Execution) => void }

/** The runner, what runs in it, and what it tells. */
export const runnerWorld = async (
  t: Owner,
  {
    slots = 2,
    files = noFiles,
    endsTellStarts = true,
  }: { slots?: number; files?: FilePreparation; endsTellStarts?: boolean } = {},
) => {
  const clock = fakeClock()
  const log = keptLog()
  const runs: Run[] = []
  const told = {
    /** What was told, in order. */
    all: [] as string[],
    started: [] as AttemptRef[],
    output: [] as OutputParams[],
    progress: [] as ProgressParams[],
    finished: [] as FinishedParams[],
  }
  const directory = join(temporaryDirectory(t), 'outbox')
  const outbox = await openOutbox({ directory, isEnd: (value): value is FinishedParams => value !== null, clock, log })
  const held = (_payload: Record<string, unknown>, context: ExecutionContext) =>
    new Promise<Execution>((end) => {
      runs.push({ context, end })
      const stop = () => end(interrupted(null))
      context.signal.addEventListener('abort', stop)
      context.killed.addEventListener('abort', stop)
    })
  const executors = new Map<string, Executor>([
    ['echo', held],
    // It ends when the test says so, whatever it is told.
    ['slow', (_payload, context) => new Promise<Execution>((end) => void runs.push({ context, end }))],
    ['broken', () => Promise.reject(new Error('broken'))],
  ])
  const runner = createRunner({
    slots,
    executorOf: (task_type) => executors.get(task_type),
    endsTellStarts: () => endsTellStarts,
    files,
    outbox,
    clock,
    log,
    report: {
      started: (attempt) => void (told.all.push('started'), told.started.push(attempt)),
      output: (output) => told.all.push('output') > 0 && told.output.push(output) > 0,
      progress: (report) => told.all.push('progress') > 0 && told.progress.push(report) > 0,
      finished: (end) => void (told.all.push('finished'), told.finished.push(end)),
    },
  })
  const ends = async (count = 1) => {
    await until(`${count} ends are told`, () => told.finished.length >= count)
    return told.finished
  }
  return { runner, runs, told, outbox, clock, log, ends }
}
