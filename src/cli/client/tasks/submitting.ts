/** Submitting one task, so that whoever interrupts it knows what became of it. */
import type { TaskSubmitted } from '../../../../schemas/task-requests.ts'
import type { Arguments } from '../../../client/connection.ts'
import { isApiError } from '../../../client/errors.ts'
import { settled, Unsettled } from '../../../client/settling.ts'
import { Failure } from '../../failure.ts'
import type { Api } from '../api.ts'
import { leftBehind } from '../awaiting.ts'
import { whyNotTold } from '../failures.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { underKey } from '../under-key.ts'

/** What is submitted, and under which key. */
type Submitting = { readonly body: NonNullable<Arguments<'submitTask'>['body']>; readonly key: string }

/** Asks for it under its key; given up, it still waits a while for the answer. */
const send = (api: Api, { body, key }: Submitting, caller: AbortSignal): Promise<TaskSubmitted> =>
  settled({ signal: caller }, ({ signal }) =>
    underKey({ key, step: 0 }, ({ call: { signal: patience } = {}, ...how }) => {
      const signals = [signal, patience].filter((one) => one !== undefined)
      return api.call('submitTask', { body, ...how, call: { signal: AbortSignal.any(signals) } })
    }),
  )

/** Cancels it, and tells what came of that. */
const cancelled = async (api: Api, task_id: string): Promise<string> => {
  try {
    await api.call('cancelTask', { path: { task_id } })
    return `Interrupted: task ${task_id} is cancelled.`
  } catch (error) {
    if (isApiError(error, 'TASK_NOT_CANCELLABLE'))
      return `Interrupted: task ${task_id} has ended; see retire-cluster tasks show ${task_id}`
    return `Interrupted, but the API could not be told to cancel: ${whyNotTold(error)}. ${leftBehind(task_id)}`
  }
}

/**
 * Submits a task. Ctrl-C before the answer cancels it; a logout or a shutdown leaves it.
 * @throws Failure that tells what became of it, where a signal came
 */
export const submitTask = (api: Api, submitting: Submitting): Promise<TaskSubmitted> =>
  interruptible(async (signal) => {
    try {
      const submitted = await send(api, submitting, signal)
      if (!(signal.reason instanceof Interrupted)) return submitted
      const { signal: name, exitCode } = signal.reason
      const { task_id } = submitted
      throw new Failure(exitCode, name === 'SIGINT' ? await cancelled(api, task_id) : leftBehind(task_id))
    } catch (error) {
      if (!(error instanceof Unsettled && signal.reason instanceof Interrupted)) throw error
      throw new Failure(
        signal.reason.exitCode,
        `Interrupted before the API answered: the task may be taken in all the same. The same command with --idempotency-key ${submitting.key} does nothing twice, and tells its id.`,
        { cause: error },
      )
    }
  })
