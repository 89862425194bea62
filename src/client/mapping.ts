/** One task type over many payloads: as many submissions as it takes, one batch, the ends in order. */
import type { CallOptions, Connection } from './connection.ts'
import { newIdempotencyKey } from './idempotency.ts'
import type { BatchProgress, BodyOf, SubmissionOptions, Task } from './operations.ts'
import { walk } from './pages.ts'
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

type Submission = BodyOf<'submitBatch'>['tasks'][number]

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

/** Runs `type` over the payloads; resolves with the tasks as they ended, in the order of the payloads. */
export const mapTasks = async (
  connection: Connection,
  type: string,
  payloads: readonly object[],
  { onProgress, call = {}, batch_id = `map-${newIdempotencyKey()}`, ...options }: MapOptions,
): Promise<Task[]> => {
  const submissions = payloads.map((payload) => ({ task_type: type, payload, ...options }) as Submission)
  const task_ids: string[] = []
  try {
    for (const tasks of requestsOf(submissions)) {
      const body = { batch_id, tasks }
      // A server that restarts meanwhile costs time, and doubles nothing.
      const asked = { body, call, idempotencyKey: newIdempotencyKey(), persistent: true } as const
      task_ids.push(...(await connection.call('submitBatch', asked)).task_ids)
    }
    if (task_ids.length === 0) return []
    await waitFor(
      call,
      async (waitSeconds, each) => {
        const asked = { path: { batch_id }, query: { wait: waitSeconds }, waitSeconds, call: each, persistent: true }
        const progress = await connection.call('getBatch', asked as typeof asked & { persistent: true })
        onProgress?.(progress)
        return ended(progress) ? progress : undefined
      },
      onProgress === undefined ? undefined : LONGEST_SILENCE_SECONDS,
    )
  } catch (error) {
    if (call.signal?.aborted === true && task_ids.length > 0)
      await connection.call('cancelTasks', { body: { batch_id }, persistent: true })
    throw error
  }
  const byId = new Map<string, Task>()
  const page = (cursor: string | undefined) =>
    connection.call('listTasks', {
      query: { batch_id, limit: 1000, ...(cursor === undefined ? {} : { cursor }) },
      call,
      persistent: true,
    })
  for await (const task of walk(page, ({ tasks }) => tasks)) byId.set(task.task_id, task)
  return task_ids.map((id) => byId.get(id)).filter((task) => task !== undefined)
}
