/** Runs attempts in slots, and brings each to its end: one end an attempt, in the outbox before anybody is told of it. */
import type {
  AttemptRef,
  FinishedParams,
  OutputParams,
  PrintedSoFar,
  ProgressParams,
  RunParams,
} from '../../schemas/link.ts'
import { attemptName, attemptRef } from './attempts.ts'
import type { Clock } from './clock.ts'
import { type FilePreparation, namesFiles, type TaskFiles } from './files/task-files.ts'
import { unfetched } from './files/unfetched.ts'
import { type EndReason, type Execution, type Executor, failed, interrupted, rejected } from './executors/execution.ts'
import { UNKNOWN_USAGE } from './processes/usage.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import { createOutputStream, type OutputStream } from './output-stream.ts'
import { createProgressStream, type ProgressStream } from './progress-stream.ts'
import { createStartWord, type StartWord } from './start-word.ts'
import { secondsOf } from './telemetry/units.ts'

/** What the runner needs. */
export type RunnerOptions = {
  /** Attempts at a time. */
  readonly slots: number
  /** What runs tasks of a type; undefined where it is not offered. */
  readonly executorOf: (task_type: string) => Executor | undefined
  /** Whether the node takes the end of an attempt for its start as well. */
  readonly endsTellStarts: () => boolean
  readonly files: FilePreparation
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  /** Where to tell the node of what goes on. What gets lost on the way is made good by the next hello. */
  readonly report: {
    started(attempt: AttemptRef): void
    /** False: not sent. */
    output(output: OutputParams): boolean
    /** False: not sent. */
    progress(report: ProgressParams): boolean
    /** The end lies in the outbox. */
    finished(end: FinishedParams): void
  }
}

/** The runner. */
export interface Runner {
  /** Runs an attempt. One that runs already runs on; the end of one that has ended is told again. */
  run(assignment: RunParams): void
  /** Ends an attempt. Its end says `cancelled`; it comes when nothing of it runs any more. */
  cancel(attempt: AttemptRef): void
  /**
   * Ends attempts that count no more. Their ends are told all the same, also of those that have ended already: the node
   * fills a slot again when it hears that nothing runs there any more.
   */
  abandon(attempts: readonly AttemptRef[]): void
  /** Tells again how far attempts are, and what they have printed, each from where the node lacks it. */
  resume(printed: readonly PrintedSoFar[]): void
  /** The attempts that have not ended. */
  running(): readonly AttemptRef[]
  /** Ends all attempts and hands them back. Resolves when none runs, and the outbox has all ends. @param why - a sentence for who looks at the task */
  returnAll(why: string): Promise<void>
  /** Takes nothing more: what comes is handed back. @param why - a sentence for who looks at the task */
  close(why: string): void
  /** Takes attempts again. */
  open(): void
  /** Ends all that runs at once, and waits for nothing. */
  kill(): void
}

/** What ends a running attempt: in order, or at once. */
type Switches = { readonly end: AbortController; readonly kill: AbortController }

/** What became of an attempt, and when it began to run; null: never. */
type Run = { readonly execution: Execution; readonly startedMs: number | null }

/** What goes to the node while an attempt runs. Its start goes before anything else. */
type Streams = { readonly start: StartWord; readonly output: OutputStream; readonly progress: ProgressStream }

type Running = Switches & {
  readonly ref: AttemptRef
  readonly streams: Streams
  readonly done: Promise<void>
}

/** Why an attempt ended before its own end, in the words of the contract. */
const endings = {
  cancelled: { outcome: 'cancelled', code: 'TASK_CANCELLED', message: 'The task was cancelled.' },
  timeout: { outcome: 'failed', code: 'TASK_TIMEOUT', message: 'The running time that it was given is used up.' },
} as const

type Ended = Pick<FinishedParams, 'outcome' | 'result' | 'error' | 'resource_usage' | 'progress' | 'rejection'>

/** A task that is handed back has not failed; its error says why it is. */
const returned = (why: string): Ended => ({
  outcome: 'returned',
  result: null,
  error: { code: 'TASK_REJECTED', message: why },
  resource_usage: null,
})

const endedBy = (reason: Exclude<EndReason, 'returned'>, { result, resource_usage }: Execution): Ended => {
  const { outcome, code, message } = endings[reason === 'timeout' ? 'timeout' : 'cancelled']
  return { outcome, result, error: { code, message }, resource_usage }
}

/** Makes the runner. */
export const createRunner = (options: RunnerOptions): Runner => {
  const { outbox, clock, log, report } = options
  const active = new Map<string, Running>()
  // Ends of attempts that never ran here, on their way into the outbox: an attempt has one end, whatever is said meanwhile.
  const declining = new Map<string, Promise<void>>()
  /** Why nothing is taken; undefined while something is. */
  let closedBecause: string | undefined
  let returnedBecause = 'Its device has ended it.'

  const execute = async (
    executor: Executor,
    assignment: RunParams,
    files: TaskFiles | undefined,
    switches: Switches,
    streams: Streams,
  ): Promise<Execution> => {
    const ref = attemptRef(assignment)
    const endTimer = clock.after(assignment.timeout_seconds * 1000, () =>
      switches.end.abort('timeout' satisfies EndReason),
    )
    let isOver = false
    const tellUnlessOver = () => {
      if (!isOver) streams.start.tell()
    }
    // Before a program can begin, which takes a turn of the event loop: if that fells the device, the node knows that it ran.
    if (options.endsTellStarts()) clock.beforeWaiting(tellUnlessOver)
    else tellUnlessOver()
    try {
      return await executor(assignment.payload, {
        attempt: attemptName(ref),
        number: ref.attempt,
        timeoutSeconds: assignment.timeout_seconds,
        signal: switches.end.signal,
        killed: switches.kill.signal,
        onOutput: (text) => streams.output.write(text),
        onProgress: (progress) => streams.progress.write(progress),
        ...(files === undefined ? {} : { files }),
      })
    } catch (error) {
      log.error({ err: error, task_id: ref.task_id }, 'an executor failed')
      return failed('TASK_ERROR', 'The worker could not run the task; its log says why.')
    } finally {
      isOver = true
      endTimer()
      if (streams.start.isTold()) streams.output.end()
      else streams.output.drop()
      streams.progress.end()
    }
  }

  /** Fetches the files of an attempt, which is no running time, and runs it. */
  const runWithFiles = async (assignment: RunParams, switches: Switches, streams: Streams): Promise<Run> => {
    const executor = options.executorOf(assignment.task_type)
    if (executor === undefined) {
      return {
        execution: rejected(`This device does not offer ${assignment.task_type}.`, 'task_type'),
        startedMs: clock.monotonic(),
      }
    }
    const { signal } = switches.end
    let files: TaskFiles | undefined
    try {
      files = namesFiles(assignment) ? await options.files.prepare(assignment, signal) : undefined
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, task_id: assignment.task_id }, 'an attempt cannot have its files')
      return { execution: signal.aborted ? interrupted(null) : unfetched(error), startedMs: null }
    }
    const startedMs = clock.monotonic()
    try {
      return { execution: await execute(executor, assignment, files, switches, streams), startedMs }
    } finally {
      files?.release()
    }
  }

  const finish = async (ref: AttemptRef, ended: Ended, startedMs: number | null) => {
    const seconds = startedMs === null ? null : secondsOf(clock.monotonic() - startedMs)
    const end: FinishedParams = { ...attemptRef(ref), ...ended, execution_time_seconds: seconds }
    await outbox.add(end)
    active.delete(attemptName(ref))
    log.info({ task_id: ref.task_id, attempt: ref.attempt, outcome: end.outcome }, 'attempt ended')
    report.finished(end)
  }

  const interruptedBy = (reason: EndReason | undefined, execution: Execution): Ended =>
    reason === undefined || reason === 'returned' ? returned(returnedBecause) : endedBy(reason, execution)

  const perform = async (assignment: RunParams, switches: Switches, streams: Streams): Promise<void> => {
    log.info(
      { task_id: assignment.task_id, attempt: assignment.attempt, task_type: assignment.task_type },
      'attempt started',
    )
    const { execution, startedMs } = await runWithFiles(assignment, switches, streams)
    if (switches.kill.signal.aborted) {
      active.delete(attemptName(assignment))
      return
    }
    const reason = switches.end.signal.reason as EndReason | undefined
    const { outcome, ...rest } = execution
    const ended: Ended = outcome === 'interrupted' ? interruptedBy(reason, execution) : { outcome, ...rest }
    const progress = streams.progress.last()
    await finish(assignment, progress === undefined ? ended : { ...ended, progress }, startedMs)
  }

  const decline = (attempt: AttemptRef, ended: Ended) => {
    const name = attemptName(attempt)
    declining.set(
      name,
      finish(attempt, ended, null).then(() => void declining.delete(name)),
    )
  }

  const end = (attempt: AttemptRef, reason: EndReason): boolean => {
    const running = active.get(attemptName(attempt))
    // The first reason stands.
    if (running?.end.signal.aborted === false) running.end.abort(reason)
    return running !== undefined
  }

  /** Ends an attempt, or tells that it has ended: all that the node waits to hear is that nothing of it runs. */
  const conclude = (attempt: AttemptRef, reason: 'cancelled' | 'abandoned') => {
    if (end(attempt, reason) || declining.has(attemptName(attempt))) return
    const known = outbox.find(attempt)
    const { outcome, code, message } = endings.cancelled
    if (known !== undefined) report.finished(known)
    else decline(attempt, { outcome, result: null, error: { code, message }, resource_usage: UNKNOWN_USAGE })
  }

  return {
    run: (assignment) => {
      const name = attemptName(assignment)
      if (active.has(name) || declining.has(name)) return
      const known = outbox.find(assignment)
      if (known !== undefined) return report.finished(known)
      if (closedBecause !== undefined) return decline(assignment, returned(closedBecause))
      if (active.size >= options.slots) {
        log.warn({ task_id: assignment.task_id }, 'no slot is free; the task is handed back')
        return decline(assignment, returned('Its device had no free slot.'))
      }
      const switches = { end: new AbortController(), kill: new AbortController() }
      const ref = attemptRef(assignment)
      const start = createStartWord(() => report.started(ref))
      const streams = {
        start,
        output: createOutputStream(clock, (piece) => {
          start.tell()
          return report.output({ ...ref, ...piece })
        }),
        progress: createProgressStream(clock, (progress) => {
          start.tell()
          return report.progress({ ...ref, ...progress })
        }),
      }
      active.set(name, { ...switches, ref, streams, done: perform(assignment, switches, streams) })
    },
    cancel: (attempt) => conclude(attempt, 'cancelled'),
    abandon: (attempts) => {
      for (const attempt of attempts) conclude(attempt, 'abandoned')
    },
    resume: (printed) => {
      for (const { offset, ...attempt } of printed) active.get(attemptName(attempt))?.streams.output.resume(offset)
      for (const { streams } of active.values()) streams.progress.resume()
    },
    running: () => [...active.values()].map(({ ref }) => ref),
    returnAll: async (why) => {
      returnedBecause = why
      const ending = [...active.values()]
      for (const { ref } of ending) end(ref, 'returned')
      await Promise.all([...ending.map(({ done }) => done), ...declining.values()])
    },
    close: (why) => {
      closedBecause = why
    },
    open: () => {
      closedBecause = undefined
    },
    kill: () => {
      for (const { ref, kill } of active.values()) {
        kill.abort()
        end(ref, 'returned')
      }
    },
  }
}
