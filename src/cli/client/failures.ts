/** How the client ends badly (CONTRACT.md §8): 1 the API said no, 3 it could not be reached, 4 the awaited task failed. */
import { type ApiError, ConnectionError, isApiError, TimeoutError } from '../../client/errors.ts'
import { Failure } from '../failure.ts'
import { counted } from './presentation.ts'
import { reasonOf, remedyOf } from './reasons.ts'
import { Remarked } from './remarked.ts'

/** The API answered with an error of the contract. */
export class Refusal extends Failure {
  override readonly name = 'Refusal'
  constructor(message: string, options?: ErrorOptions) {
    super(1, message, options)
  }
}

/** There is no API at that address. */
export class Unreachable extends Failure {
  override readonly name = 'Unreachable'
  constructor(message: string, options?: ErrorOptions) {
    super(3, message, options)
  }
}

const hints: Readonly<Record<string, string>> = {
  AUTHENTICATION_REQUIRED: ' Give yours by --api-key, or once and for all: retire-cluster config set api_key KEY',
}

const suggested = ({ message, details }: ApiError): string => {
  const { suggestion } = details
  return typeof suggestion !== 'string' || message.includes(suggestion) ? '' : ` Did you mean ${suggestion}?`
}

/** What the message calls a field is a flag, where the command has it. */
const queueing = ({ code }: ApiError, flags: object): string =>
  (code === 'INSUFFICIENT_RESOURCES' || code === 'DEVICE_OFFLINE') && 'queue_if_unavailable' in flags
    ? ' Here that is --queue-if-unavailable.'
    : ''

/** When a budget is there again: the message tells how large it is. */
const when = ({ status, retryAfterSeconds, details: { retry_after_seconds } }: ApiError): string => {
  const seconds = retryAfterSeconds ?? retry_after_seconds
  return status === 429 && seconds !== undefined ? ` Try again in ${counted(seconds, 'second')}.` : ''
}

/** The API's own sentence, what to do where the client knows better, and the id under which the server's log has it. */
const refusalOf = (error: ApiError, flags: object, remark: string): Refusal =>
  new Refusal(
    `${error.message}${suggested(error)}${queueing(error, flags)}${when(error)}${hints[error.code] ?? ''}${remark} (${error.code}, request ${error.request_id})`,
    { cause: error },
  )

/** Why nothing was answered. @param url - where the API was looked for */
export const unreachable = (error: ConnectionError, url: string, remark = ''): Unreachable => {
  const options = { cause: error }
  if (error.status !== undefined)
    return new Unreachable(
      `What answers at ${url} (HTTP ${error.status}) is not the Retire-Cluster API; name its address by --api-url.${remark}`,
      options,
    )
  const cause = error.cause ?? error
  const reason = error instanceof TimeoutError ? 'it did not answer in time' : reasonOf(cause)
  return new Unreachable(
    [`The API at ${url} cannot be reached: ${reason}.`, remedyOf(cause, url)].filter((part) => part !== '').join(' ') +
      remark,
    options,
  )
}

/** Why the API could not be told something, within a sentence. */
export const whyNotTold = (error: unknown): string => {
  if (isApiError(error)) return error.message.replace(/\.$/, '')
  return reasonOf(error instanceof ConnectionError ? (error.cause ?? error) : error)
}

const sentence = (error: unknown, url: string, flags: object, remark: string): unknown => {
  if (isApiError(error)) return refusalOf(error, flags, remark)
  if (error instanceof ConnectionError) return unreachable(error, url, remark)
  return error instanceof Failure ? new Failure(error.exitCode, `${error.message}${remark}`, { cause: error }) : error
}

/** With all remarks, those that were made first before the others. */
const withRemarks = (error: unknown, url: string, flags: object, later: string): unknown =>
  error instanceof Remarked
    ? withRemarks(error.cause, url, flags, ` ${error.message}${later}`)
    : sentence(error, url, flags, later)

/**
 * The end of a command that failed, as a sentence and an exit code; an error that is none of the API's stays as it is.
 * @param url - where the API was looked for
 * @param flags - the flags that the command has, by their keys
 */
export const asFailure = (error: unknown, url: string, flags: object = {}): unknown =>
  withRemarks(error, url, flags, '')
