/** One task type over many payloads: as many submissions as it takes, one batch, the ends in order. */
import type { CallOptions, Connection } from './connection.ts'
import { isApiError } from './errors.ts'
import { newIdempotencyKey } from './idempotency.ts'
import type { BatchProgress, BodyOf, SubmissionOptions, Task } from './operations.ts'
import { walk } from './pages.ts'
import { settled } from './settling.ts'
import { waitFor } from './waiting.ts'

/** How many payloads are run. */
export type MapOptions = SubmissionOptions & {
  /** Told of how far it is: after each change, at most every two seconds. */
  readonly onProgress?: (progress: BatchProgress) => void
  /** How the calls are made. Aborting its signal cancels what has not ended. */
  readonly call?: CallOptions
}

/** The API takes that many tasks by one request… */
const TASKS_A_REQUEST = 1000
/** …of at most 16 MiB; half of that leaves room for what JSON adds. In UTF-16 units, of which one may be three bytes. */
const LENGTH_OF_A_REQUEST = 2 * 1024 * 1024

const LONGEST_SILENCE_SECONDS = 2

/** A task to be done. */
export type Submission = BodyOf<'submitBatch'>['tasks'][number]

/** Submissions in as few requests as the bounds of the API allow. */
const requestsOf = (submissions: readonly Submission[]): Submission[][] => {
  const requests: Submission[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const submission of submissions) {
    const more = JSON.stringify(submission).length
    const last = requests.at(-1)
    if (last === undefined || last.length >= TASKS_A_REQUEST || length + more > LENGTH_OF_A_REQUEST) {
      requests.push([submission])
      length = more
    } else {
      last.push(submission)
      length += more
    }
  }
  return requests
}

const ended = ({ total, completed, failed, cancelled }: BatchProgress) => completed + failed + cancelled === total

/** How many tasks are submitted. */
export type Submitting = {
  readonly batch_id: string
  /** How the calls are made. Once its signal is aborted, no more are, and the answer to the last one is waited for. */
  readonly call?: CallOptions
  /** Told of how many are taken in, after each request. */
  readonly onTakenIn?: (count: number) => void
  /** The key of a request: the same for the same is taken in once, whoever sends it. When absent: another one for each. */
  readonly keyOf?: (tasks: readonly Submission[]) => string
}

/**
 * Submits tasks to one batch, by as few requests as it takes. A server that restarts meanwhile costs time, and doubles nothing.
 * @returns the ids of the tasks, in the order of the submissions
 * @throws Unsettled where it was aborted, and nobody knows whether the last request was taken in
 */
export const submitAll = async (
  connection: Connection,
  submissions: readonly Submission[],
  { batch_id, call = {}, onTakenIn, keyOf = newIdempotencyKey }: Submitting,
): Promise<string[]> => {
  const task_ids: string[] = []
  for (const tasks of requestsOf(submissions)) {
    const asked = { body: { batch_id, tasks }, idempotencyKey: keyOf(tasks), persistent: true } as const
    const batch = await settled(call, (each) => connection.call('submitBatch', { ...asked, call: each }))
    task_ids.push(...batch.task_ids)
    onTakenIn?.(task_ids.length)
  }
  return task_ids
}

/** A submission for each payload. */
export const submissionsOf = (
  type: string,
  payloads: readonly object[],
  options: Omit<SubmissionOptions, 'batch_id'>,
): Submission[] => payloads.map((payload) => ({ task_type: type, payload, ...options }) as Submission)

/** Resolves when all tasks of a batch have ended, though the server is started again meanwhile; with how they did. */
export const awaitBatch = async (
  connection: Connection,
  batch_id: string,
  { onProgress, call = {} }: Pick<MapOptions, 'onProgress' | 'call'>,
): Promise<BatchProgress> =>
  waitFor(
    call,
    async (wait, each) => {
      const asked = { path: { batch_id }, query: { wait }, waitSeconds: wait, call: each, persistent: true } as const
      const progress = await connection.call('getBatch', asked)
      onProgress?.(progress)
      return ended(progress) ? progress : undefined
    },
    onProgress === undefined ? undefined : LONGEST_SILENCE_SECONDS,
  )

/** The tasks of a batch, the newest first. */
export const tasksOfBatch = (
  connection: Connection,
  batch_id: string,
  call: CallOptions = {},
): AsyncGenerator<Task, void, undefined> =>
  walk(
    (cursor) =>
      connection.call('listTasks', {
        query: { batch_id, limit: 1000, ...(cursor === undefined ? {} : { cursor }) },
        call,
        persistent: true,
      }),
    ({ tasks }) => tasks,
  )

/** How long a cancellation goes on trying to reach the API, milliseconds. */
const CANCELLING_MS = 30_000

/**
 * Cancels what of a batch has not ended: by one call for each thousand. Nothing of a batch that was never taken in.
 * @returns how many were cancelled
 */
export const cancelBatch = async (connection: Connection, batch_id: string): Promise<number> => {
  const call = { signal: AbortSignal.timeout(CANCELLING_MS) }
  let cancelled = 0
  try {
    for (;;) {
      const { changed, more } = await connection.call('cancelTasks', { body: { batch_id }, call, persistent: true })
      cancelled += changed
      if (!more || changed === 0) return cancelled
    }
  } catch (error) {
    if (isApiError(error, 'NOT_FOUND')) return cancelled
    throw error
  }
}

/** The tasks of these ids, all of one batch, as they ended, in this order. @throws ApiError where one is no longer kept */
export const endsOf = async (
  connection: Connection,
  batch_id: string,
  task_ids: readonly string[],
  call: CallOptions,
): Promise<Task[]> => {
  const byId = new Map<string, Task>()
  for await (const task of tasksOfBatch(connection, batch_id, call)) byId.set(task.task_id, task)
  const ends: Task[] = []
  for (const task_id of task_ids) {
    // What has already aged out is asked for by its name: the API then says that it is gone.
    const asked = { path: { task_id }, call, persistent: true } as const
    ends.push(byId.get(task_id) ?? (await connection.call('getTask', asked)).task)
  }
  return ends
}

/** Runs `type` over the payloads; resolves with the tasks as they ended, in the order of the payloads. */
export const mapTasks = async (
  connection: Connection,
  type: string,
  payloads: readonly object[],
  { onProgress, call = {}, batch_id = `map-${newIdempotencyKey()}`, ...options }: MapOptions,
): Promise<Task[]> => {
  if (payloads.length === 0) return []
  let takenIn = 0
  let task_ids: readonly string[]
  const onTakenIn = (count: number) => (takenIn = count)
  try {
    task_ids = await submitAll(connection, submissionsOf(type, payloads, options), { batch_id, call, onTakenIn })
    await awaitBatch(connection, batch_id, { call, ...(onProgress === undefined ? {} : { onProgress }) })
  } catch (error) {
    // Nobody would know of what was taken in. Where the first request was refused, nothing was; where it was cut off, who knows.
    if (takenIn > 0 || !isApiError(error)) await cancelBatch(connection, batch_id).catch(() => undefined)
    call.signal?.throwIfAborted()
    throw error
  }
  return endsOf(connection, batch_id, task_ids, call)
}
