/** Calls of the API: envelopes are opened here, and errors become sentences. */
import type { ErrorEnvelope, Success } from '../../../schemas/envelope.ts'
import { systemCode } from '../failure.ts'
import { isObject } from '../options/file.ts'
import { version } from '../version.ts'
import { Refusal, Unreachable } from './failures.ts'

/** How long an answer may take beyond the waiting that was asked for, in seconds. */
const PATIENCE_SECONDS = 30

/** One call. */
export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`; ids in it are already encoded. */
  readonly path: string
  /** What is undefined is left out; a list is repeated. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  readonly body?: object
  /** Seconds that the API was asked to wait. */
  readonly waits?: number
}

/** Calls the API; resolves with the `data` of its answer. @throws Refusal, Unreachable */
export type Api = <T>(call: Call) => Promise<T>

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nothing answers there',
  UND_ERR_CONNECT_TIMEOUT: 'nothing answers there',
}

/** fetch hides the cause, and that of several addresses hides the causes of each. */
const reasonOf = (error: unknown): string => {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it did not answer in time'
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = systemCode(cause) ?? (cause instanceof AggregateError ? systemCode(cause.errors[0]) : undefined)
  if (code !== undefined) return reasons[code] ?? code
  // https://fetch.spec.whatwg.org/#port-blocking
  if (cause instanceof Error && cause.message === 'bad port') return 'its port is one that HTTP clients refuse'
  return cause instanceof Error ? cause.message : String(cause)
}

const url = (base: string, { path, query = {} }: Call): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) for (const one of [value].flat()) parameters.append(name, String(one))
  const search = parameters.toString()
  return `${base}/api/v1${path}${search === '' ? '' : `?${search}`}`
}

const hints: Readonly<Record<string, string>> = {
  AUTHENTICATION_REQUIRED: ' Give yours by --api-key, or once and for all: retire-cluster config set api_key KEY',
}

const isSuccess = (answer: unknown): answer is Success<unknown> => isObject(answer) && answer.status === 'success'
const isError = (answer: unknown): answer is ErrorEnvelope =>
  isObject(answer) && answer.status === 'error' && isObject(answer.error)

/** The API's own sentence, what to do where the client knows better, and the id under which the server's log has it. */
const refusal = ({ error, request_id }: ErrorEnvelope): Refusal =>
  new Refusal(`${error.message}${hints[error.code] ?? ''} (${error.code}, request ${request_id})`)

/**
 * The API at an address.
 * @param options - `url`: its base, without `/api/v1`; `key`: the API key, where it asks for one
 */
export const connectTo = ({ url: base, key }: { readonly url: string; readonly key: string | undefined }): Api => {
  const headers = {
    accept: 'application/json',
    'user-agent': `retire-cluster/${version}`,
    ...(key === undefined ? {} : { 'x-api-key': key }),
  }
  const send = async (call: Call): Promise<{ status: number; text: string }> => {
    try {
      const response = await fetch(url(base, call), {
        method: call.method,
        headers: call.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        // Followed, a redirect would carry the key to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.timeout(((call.waits ?? 0) + PATIENCE_SECONDS) * 1000),
      })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      throw new Unreachable(
        `The API at ${base} cannot be reached: ${reasonOf(error)}. Start it by retire-cluster-api, or name another by --api-url.`,
        { cause: error },
      )
    }
  }
  return async <T>(call: Call): Promise<T> => {
    const { status, text } = await send(call)
    let answer: unknown
    try {
      answer = JSON.parse(text)
    } catch {
      // No JSON at all: not our API, but a proxy or another server. The sentence below says so.
      answer = undefined
    }
    if (isSuccess(answer)) return answer.data as T
    if (isError(answer)) throw refusal(answer)
    throw new Unreachable(
      `What answers at ${base} (HTTP ${status}) is not the Retire-Cluster API; name its address by --api-url.`,
    )
  }
}
