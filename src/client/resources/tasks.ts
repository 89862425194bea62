/** Tasks. */
import type { CallOptions, Connection } from '../connection.ts'
import type {
  BatchProgress,
  BodyOf,
  BuiltinTaskType,
  DataOf,
  PayloadOf,
  QueryOf,
  SubmissionOptions,
  Task,
  TaskDetail,
} from '../operations.ts'
import { TaskFailedError } from '../errors.ts'
import { type MapOptions, mapTasks } from '../mapping.ts'
import { walk } from '../pages.ts'
import { delayMs, judge, pause } from '../retrying.ts'
import { newIdempotencyKey } from '../idempotency.ts'
import { textPieces } from '../text-pieces.ts'
import { type WaitOptions, waitFor } from '../waiting.ts'

/** What a submission may say, and how the call is made. */
export type SubmitOptions = SubmissionOptions & {
  /** How the call is made. */
  readonly call?: CallOptions
  /** Two submissions with one key make one task. When absent: each call has a key of its own, for its repetitions. */
  readonly idempotencyKey?: string
}

/** A task that was taken in. */
export type SubmittedTask = Omit<DataOf<'submitTask'>, 'task'> & {
  /** Resolves with the task when it is completed. @throws TaskFailedError where it fails or is cancelled */
  wait(options?: WaitOptions): Promise<TaskDetail>
}

/** The operations on tasks. */
export interface TasksResource {
  /** Submits a task. It is on disk when this resolves. A connection that breaks meanwhile makes no second task. */
  submit<Type extends BuiltinTaskType | (string & {})>(
    type: Type,
    payload: PayloadOf<Type>,
    options?: SubmitOptions,
  ): Promise<SubmittedTask>
  /** Submits up to 1,000 tasks: all are taken in, or none. */
  submitBatch(
    body: BodyOf<'submitBatch'>,
    options?: { readonly idempotencyKey?: string; readonly call?: CallOptions },
  ): Promise<DataOf<'submitBatch'>>
  /** How far a batch is. */
  batch(batch_id: string, call?: CallOptions): Promise<BatchProgress>
  /**
   * Runs a task type over many payloads, and resolves with the tasks as they ended, in the order of the payloads, failed
   * ones among them. Aborting `call.signal` cancels what has not ended.
   */
  map<Type extends BuiltinTaskType | (string & {})>(
    type: Type,
    payloads: readonly PayloadOf<Type>[],
    options?: MapOptions,
  ): Promise<Task[]>
  get(task_id: string, call?: CallOptions): Promise<TaskDetail>
  /** One page of the tasks, newest first. */
  list(query?: QueryOf<'listTasks'>, call?: CallOptions): Promise<DataOf<'listTasks'>>
  /** All tasks that match, newest first, page after page. */
  iterate(filters?: Omit<QueryOf<'listTasks'>, 'cursor'>, call?: CallOptions): AsyncGenerator<Task, void, undefined>
  /** Resolves with the task when it is completed, though the server restarts meanwhile. @throws TaskFailedError, TimeoutError */
  wait(task_id: string, options?: WaitOptions): Promise<TaskDetail>
  cancel(task_id: string, call?: CallOptions): Promise<DataOf<'cancelTask'>>
  /** Makes a new task of the work of a failed or cancelled one. */
  retry(task_id: string, body?: BodyOf<'retryTask'>, call?: CallOptions): Promise<DataOf<'retryTask'>>
  /** Cancels many tasks by one call: up to 1,000 by their ids, or all of a batch; an outcome for each. */
  cancelMany(selection: BodyOf<'cancelTasks'>, call?: CallOptions): Promise<DataOf<'cancelTasks'>>
  /** Makes new tasks of the work of many: up to 1,000 by their ids, or what failed or was cancelled of a batch. */
  retryMany(selection: BodyOf<'retryTasks'>, call?: CallOptions): Promise<DataOf<'retryTasks'>>
  /** Why a task is where it is: for each device, whether it could run there, and its score. */
  placement(task_id: string, call?: CallOptions): Promise<DataOf<'getTaskPlacement'>>
  /** What a task has printed so far. */
  output(task_id: string, call?: CallOptions): Promise<string>
  /** What a task prints, in pieces as they come, until it ends. A connection that breaks is made anew, and it goes on where it was. */
  followOutput(
    task_id: string,
    options?: { readonly offset?: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<string, void, undefined>
  /**
   * The files that the tasks of a batch left, as one archive (tar): an entry `TASK_ID/NAME` for each.
   * @param options - `after`: the last task of which all files were read, of an archive that broke off
   */
  batchArtifacts(
    batch_id: string,
    options?: QueryOf<'getBatchArtifacts'> & { readonly signal?: AbortSignal },
  ): Promise<ReadableStream<Uint8Array>>
  /** The task types that can be submitted. */
  types(call?: CallOptions): Promise<DataOf<'listTaskTypes'>['task_types']>
}

/** The operations on tasks, over a connection. */
export const tasksResource = (connection: Connection): TasksResource => {
  const list: TasksResource['list'] = (query = {}, call = {}) => connection.call('listTasks', { query, call })
  const wait: TasksResource['wait'] = async (task_id, options = {}) => {
    const task = await waitFor(options, async (waitSeconds, call) => {
      const asked = { path: { task_id }, query: { wait: waitSeconds }, waitSeconds, call, persistent: true } as const
      const { task: now } = await connection.call('getTask', asked)
      return now.status === 'pending' || now.status === 'running' ? undefined : now
    })
    if (task.status !== 'completed') throw new TaskFailedError(task)
    return task
  }
  return {
    submit: async (type, payload, { call = {}, idempotencyKey = newIdempotencyKey(), ...options } = {}) => {
      const body = { task_type: type, payload, ...options }
      const submitted = await connection.call('submitTask', { body, call, idempotencyKey })
      return { ...submitted, wait: (waiting) => wait(submitted.task_id, waiting) }
    },
    submitBatch: (body, { idempotencyKey = newIdempotencyKey(), call = {} } = {}) =>
      connection.call('submitBatch', { body, idempotencyKey, call }),
    batch: (batch_id, call = {}) => connection.call('getBatch', { path: { batch_id }, call }),
    map: (type, payloads, options = {}) => mapTasks(connection, type, payloads, options),
    get: async (task_id, call = {}) => (await connection.call('getTask', { path: { task_id }, call })).task,
    list,
    iterate: (filters = {}, call = {}) =>
      walk(
        (cursor) => list(cursor === undefined ? filters : { ...filters, cursor }, call),
        ({ tasks }) => tasks,
      ),
    wait,
    cancel: (task_id, call = {}) => connection.call('cancelTask', { path: { task_id }, call }),
    retry: (task_id, body = {}, call = {}) =>
      connection.call('retryTask', { path: { task_id }, body, call, idempotencyKey: newIdempotencyKey() }),
    cancelMany: (body, call = {}) => connection.call('cancelTasks', { body, call }),
    retryMany: (body, call = {}) => connection.call('retryTasks', { body, call, idempotencyKey: newIdempotencyKey() }),
    placement: (task_id, call = {}) => connection.call('getTaskPlacement', { path: { task_id }, call }),
    output: (task_id, call = {}) => connection.text('getTaskOutput', { path: { task_id }, call }),
    async *followOutput(task_id, { offset = 0, signal } = {}) {
      const call = signal === undefined ? {} : { signal }
      let reached = offset
      for (let failures = 0; ; failures += 1) {
        try {
          const asked = { path: { task_id }, query: { follow: true, offset: reached }, call }
          const response = await connection.open('getTaskOutput', asked, { accept: 'text/plain' })
          for await (const piece of textPieces(response, call)) {
            reached += piece.length
            failures = 0
            yield piece
          }
          return
        } catch (error) {
          signal?.throwIfAborted()
          const verdict = judge(error, { repeatable: true })
          if (!verdict.again) throw error
          await pause(delayMs(failures + 1, verdict.atLeastMs), signal)
        }
      }
    },
    batchArtifacts: async (batch_id, { signal, ...query } = {}) => {
      const call = signal === undefined ? {} : { signal }
      const { body } = await connection.open('getBatchArtifacts', { path: { batch_id }, query, call })
      return body ?? new ReadableStream({ start: (controller) => controller.close() })
    },
    types: async (call = {}) => (await connection.call('listTaskTypes', { call })).task_types,
  }
}
