/** What can go wrong, as classes: `instanceof` tells them apart, and the code of an {@link ApiError} says the rest. */
import type { ErrorCode, ErrorDetails, Task } from './operations.ts'

/** What an {@link ApiError} is made of. */
export type Refusal<Code extends ErrorCode = ErrorCode> = {
  readonly code: Code
  readonly message: string
  readonly details: ErrorDetails
  readonly status: number
  readonly request_id: string
  readonly retryAfterSeconds: number | null
}

/** The API said no. */
export class ApiError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'ApiError'
  /** What went wrong, for programs. Codes never change. */
  readonly code: Code
  /** What the error says beside its message: what is allowed, what was probably meant. */
  readonly details: ErrorDetails
  /** The HTTP status. */
  readonly status: number
  /** The id under which the server's log has the request. */
  readonly request_id: string
  /** Seconds after which trying again makes sense, where the API said so. */
  readonly retryAfterSeconds: number | null

  constructor({ code, message, details, status, request_id, retryAfterSeconds }: Refusal<Code>) {
    super(message)
    this.code = code
    this.details = details
    this.status = status
    this.request_id = request_id
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Whether an error is the API's, with this code: `if (isApiError(error, 'TASK_NOT_FOUND')) …`. Without a code: with any. */
export const isApiError = <Code extends ErrorCode = ErrorCode>(error: unknown, code?: Code): error is ApiError<Code> =>
  error instanceof ApiError && (code === undefined || error.code === code)

/** The API cannot be reached, its answer broke off, or what answers there is something else. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError'
  /** The HTTP status with which something else than the API answered; undefined where nothing did. */
  readonly status: number | undefined

  constructor(message: string, options?: ErrorOptions & { readonly status?: number }) {
    super(message, options)
    this.status = options?.status
  }
}

/** No answer came within the time that the client gives it. */
export class TimeoutError extends ConnectionError {
  override readonly name = 'TimeoutError'
}

/** A task that was waited for did not complete. */
export class TaskFailedError extends Error {
  override readonly name = 'TaskFailedError'
  /** The task as it ended. */
  readonly task: Task

  constructor(task: Task) {
    const why = task.error === null ? '' : `: ${task.error.message} (${task.error.code})`
    super(`Task ${task.task_id} ${task.status === 'cancelled' ? 'was cancelled' : 'failed'}${why}`)
    this.task = task
  }
}
