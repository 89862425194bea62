/** Runs attempts in slots, and brings their ends to the outbox. Nothing is told before it is on disk. */
import type { AttemptRef, FinishedParams, RunParams } from '../../schemas/link.ts'
import type { TaskError } from '../../schemas/task.ts'
import { attemptName, attemptRef } from './attempts.ts'
import type { Clock } from './clock.ts'
import type { Executors } from './executors/table.ts'
import type { Outcome } from './executors/executor.ts'
import { sendLive } from './live-output.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import { secondsOf } from './telemetry/units.ts'

/** Why a run is ended before it ends by itself. */
export type EndReason = 'cancelled' | 'timeout' | 'returned' | 'abandoned'

/** What the runner tells. */
export type RunnerEvents = {
  started(attempt: AttemptRef): void
  output(piece: AttemptRef & { offset: number; text: string }): void
  /** An end waits in the outbox. */
  ended(end: FinishedParams): void
}

/** The slots of a device. */
export interface Runner {
  /** Starts an attempt; one that runs already, or has ended, is not started again. */
  run(params: RunParams): void
  /** Ends an attempt. `abandoned`: its end interests nobody. Resolves when nothing of it is left; at once where it does not run. */
  end(attempt: AttemptRef, reason: EndReason): Promise<void>
  /** Ends all, for the same reason. */
  endAll(reason: EndReason): Promise<void>
  /** What runs. */
  running(): AttemptRef[]
}

type Run = {
  readonly ref: AttemptRef
  readonly controller: AbortController
  reason: EndReason | undefined
  readonly done: Promise<void>
}

const errors: Readonly<Record<EndReason, (seconds: number) => TaskError>> = {
  timeout: (seconds) => ({ code: 'TASK_TIMEOUT', message: `it ran longer than its timeout of ${seconds} s` }),
  cancelled: () => ({ code: 'TASK_CANCELLED', message: 'the node asked to end it' }),
  returned: () => ({ code: 'TASK_REJECTED', message: 'the worker stopped, and handed it back' }),
  abandoned: () => ({ code: 'TASK_CANCELLED', message: 'the node wants it no more' }),
}

const outcomes = { timeout: 'failed', cancelled: 'cancelled', returned: 'returned', abandoned: 'cancelled' } as const

/** What the node is told of an end. */
const finishedOf = (
  params: RunParams,
  outcome: Outcome,
  reason: EndReason | undefined,
  seconds: number,
): FinishedParams => {
  const common = { ...attemptRef(params), execution_time_seconds: seconds, resource_usage: outcome.usage }
  // A task that completed just as it was to be ended has completed.
  if (
    reason === undefined ||
    (outcome.outcome === 'completed' && reason === 'timeout' && seconds < params.timeout_seconds)
  )
    return { ...common, outcome: outcome.outcome, result: outcome.result, error: outcome.error }
  return { ...common, outcome: outcomes[reason], result: outcome.result, error: errors[reason](params.timeout_seconds) }
}

/** Slots for attempts. */
export const createRunner = ({
  slots,
  executors,
  outbox,
  clock,
  events,
  log,
}: {
  readonly slots: number
  readonly executors: Executors
  readonly outbox: Outbox
  readonly clock: Clock
  readonly events: RunnerEvents
  readonly log: Log
}): Runner => {
  const runs = new Map<string, Run>()

  const conclude = async (end: FinishedParams) => {
    await outbox.add(end)
    events.ended(end)
  }

  const refuse = (params: RunParams, outcome: 'rejected' | 'returned', message: string) =>
    conclude({
      ...attemptRef(params),
      outcome,
      result: null,
      error: { code: 'TASK_REJECTED', message },
      execution_time_seconds: null,
      resource_usage: null,
    })

  const execute = async (params: RunParams, run: Omit<Run, 'done'>): Promise<void> => {
    const { ref, controller } = run
    const executor = executors.get(params.task_type)
    if (executor === undefined) return refuse(params, 'rejected', `this device does not allow ${params.task_type}`)
    const live = sendLive(clock, (piece) => events.output({ ...ref, ...piece }))
    const beganMs = clock.monotonic()
    events.started(ref)
    const cancelTimeout = clock.after(params.timeout_seconds * 1000, () => {
      run.reason ??= 'timeout'
      controller.abort()
    })
    const context = { attempt: attemptName(ref), signal: controller.signal, onOutput: live.add }
    const outcome = await executor(params.payload, context).catch((error: unknown): Outcome => {
      log.error({ err: error, ...ref }, 'an executor failed')
      const message = error instanceof Error ? error.message : String(error)
      return { outcome: 'failed', result: null, error: { code: 'TASK_ERROR', message }, usage: null }
    })
    cancelTimeout()
    live.flush()
    if (run.reason === 'abandoned') {
      // The node waits for this before it fills the slot again; the result itself is void.
      log.info(ref, 'an abandoned attempt has ended')
    }
    await conclude(finishedOf(params, outcome, run.reason, secondsOf(clock.monotonic() - beganMs)))
  }

  const begin = (params: RunParams) => {
    const key = attemptName(params)
    const started = { ref: attemptRef(params), controller: new AbortController(), reason: undefined }
    const run: Omit<Run, 'done'> = started
    const done = execute(params, run).finally(() => runs.delete(key))
    runs.set(key, Object.assign(run, { done }))
  }

  const end = async (attempt: AttemptRef, reason: EndReason) => {
    const run = runs.get(attemptName(attempt))
    if (run === undefined) return
    run.reason ??= reason
    run.controller.abort()
    await run.done
  }

  return {
    run: (params) => {
      const known = outbox.find(params)
      if (known !== undefined) return events.ended(known)
      if (runs.has(attemptName(params))) return
      if (runs.size >= slots) void refuse(params, 'returned', 'all slots of the device are taken')
      else begin(params)
    },
    end,
    endAll: async (reason) => {
      await Promise.all([...runs.values()].map(({ ref }) => end(ref, reason)))
    },
    running: () => [...runs.values()].map(({ ref }) => ref),
  }
}
