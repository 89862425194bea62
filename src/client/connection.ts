/** Requests: built from the operations of the document, repeated where that is safe, and their envelopes opened. */
import { ApiError, ConnectionError, TimeoutError } from './errors.ts'
import { routes } from './generated/routes.ts'
import type { BodyOf, DataOf, OperationId, PathOf, QueryOf, Schemas } from './operations.ts'
import { delayMs, judge, pause } from './retrying.ts'

/** How a client is made. */
export type ClientOptions = {
  /** The API key, where the API asks for one. */
  readonly apiKey?: string
  /** How long an answer may take, in milliseconds, beyond what the call itself waits for. When absent: 30,000. */
  readonly timeoutMs?: number
  /** How often a request that failed is sent again, where that is safe. When absent: 2. */
  readonly maxRetries?: number
  /** The language of the error messages. When absent: English. */
  readonly language?: 'en' | 'zh'
  /** What sends the requests. When absent: the platform's `fetch`. */
  readonly fetch?: typeof fetch
}

/** What every call takes. */
export type CallOptions = {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** How long the answer may take, in milliseconds; stands before that of the client. */
  readonly timeoutMs?: number
}

/** What is sent as it is, and not as JSON. */
export type Content = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

type Given<Name extends string, Value> = [Value] extends [never] ? unknown : Readonly<Partial<Record<Name, Value>>>

/** What an operation is called with. */
export type Arguments<Id extends OperationId> = Given<'path', PathOf<Id>> &
  Given<'query', QueryOf<Id>> &
  Given<'body', BodyOf<Id>> & {
    readonly call?: CallOptions
    /** The bytes of an operation that takes a file. Sending them may last: without `timeoutMs` the call has no limit. */
    readonly content?: Content
    /** Makes a `POST` safe to repeat: the API does it once, and answers again with its first answer. */
    readonly idempotencyKey?: string
    /** Seconds that the API was asked to wait before it answers. */
    readonly waitSeconds?: number
    /** Goes on trying for as long as the API is not there. */
    readonly persistent?: true
  }

type LooseArguments = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  readonly body?: object
  readonly content?: Content
  readonly call?: CallOptions
  readonly idempotencyKey?: string
  readonly waitSeconds?: number
  readonly persistent?: true
}

/** The API at an address. */
export interface Connection {
  /** Calls an operation; resolves with the `data` of its answer. @throws ApiError, ConnectionError, TimeoutError */
  call<Id extends OperationId>(id: Id, args: Arguments<Id>): Promise<DataOf<Id>>
  /** Calls an operation that answers with text; resolves with all of it. @throws ApiError, ConnectionError, TimeoutError */
  text<Id extends OperationId>(id: Id, args: Arguments<Id>): Promise<string>
  /** Calls an operation whose answer is no JSON envelope, once; resolves as soon as its head is there. */
  open<Id extends OperationId>(
    id: Id,
    args: Arguments<Id>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_RETRIES = 2

/** Methods that may be sent twice. Not DELETE: the second answer would say that there is nothing to end any more. */
const REPEATABLE: readonly string[] = ['GET', 'PUT', 'PATCH']

const urlOf = (base: string, template: string, { path = {}, query = {} }: LooseArguments): string => {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) for (const one of [value].flat()) parameters.append(name, String(one))
  const search = parameters.toString()
  return `${base}${filled}${search === '' ? '' : `?${search}`}`
}

/** The body of a request, and how it is sent. */
const bodyOf = ({ body, content }: LooseArguments): RequestInit => {
  if (content === undefined) return body === undefined ? {} : { body: JSON.stringify(body) }
  // A stream is sent while it comes: https://fetch.spec.whatwg.org/#dom-requestinit-duplex, which TypeScript does not know.
  return content instanceof ReadableStream ? { body: content, duplex: 'half' } : { body: content }
}

const typeOf = ({ body, content }: LooseArguments): Readonly<Record<string, string>> => {
  if (content !== undefined) return { 'content-type': 'application/octet-stream' }
  return body === undefined ? {} : { 'content-type': 'application/json' }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not our API, but a proxy or another server; who calls says so.
    return undefined
  }
}

const isEnvelope = <S extends string>(answer: unknown, status: S): answer is { status: S } =>
  typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === status

const refusalOf = (response: Response, { error, request_id }: Schemas['ErrorEnvelope']): ApiError => {
  const after = response.headers.get('retry-after')
  return new ApiError({
    ...error,
    status: response.status,
    request_id,
    // Our API sends seconds. What else a proxy may send there (a date, RFC 9110 §10.2.3) is left to the backoff.
    retryAfterSeconds: after !== null && /^\d+$/.test(after) ? Number(after) : null,
  })
}

const stranger = ({ status }: Response, base: string): ConnectionError =>
  new ConnectionError(`What answers at ${base} (HTTP ${status}) is not the Retire-Cluster API.`, { status })

/** What an answer holds, once its envelope is opened. @throws ApiError, ConnectionError */
const dataOf = (response: Response, text: string, base: string): unknown => {
  const answer = parsed(text)
  if (isEnvelope(answer, 'success')) return (answer as unknown as { data: unknown }).data
  if (isEnvelope(answer, 'error')) throw refusalOf(response, answer as Schemas['ErrorEnvelope'])
  throw stranger(response, base)
}

/** What an answer says that bears no envelope unless it is an error. @throws as {@link dataOf} does */
const textOf = (response: Response, text: string, base: string): string => {
  if (response.ok) return text
  dataOf(response, text, base)
  throw stranger(response, base)
}

/** Connects to the API at `url`, its base, without `/api/v1`. Nothing is sent before the first call. */
export const connect = (url: string, options: ClientOptions = {}): Connection => {
  const base = url.endsWith('/') ? url.slice(0, -1) : url
  const { apiKey, language, maxRetries = DEFAULT_MAX_RETRIES } = options
  // The platform's own must be called as a function of nothing: browsers refuse it as a method.
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  const standing: Readonly<Record<string, string>> = {
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
    ...(language === undefined ? {} : { 'accept-language': language }),
  }

  const failure = (error: unknown, caller: AbortSignal | undefined, limitMs: number): unknown => {
    if (caller?.aborted === true) return caller.reason
    if (error instanceof Error && error.name === 'TimeoutError')
      return new TimeoutError(`The API at ${base} did not answer within ${limitMs / 1000} s.`, { cause: error })
    return new ConnectionError(`The API at ${base} cannot be reached.`, { cause: error })
  }

  const once = async <T>(
    id: OperationId,
    args: LooseArguments,
    headers: Readonly<Record<string, string>>,
    limitMs: number | null,
    read: (response: Response) => Promise<T>,
  ): Promise<T> => {
    const [method, template] = routes[id]
    const caller = args.call?.signal
    const signals = [caller, limitMs === null ? undefined : AbortSignal.timeout(limitMs)]
    try {
      const response = await send(urlOf(base, template, args), {
        method,
        headers: {
          ...standing,
          ...headers,
          ...typeOf(args),
          ...(args.idempotencyKey === undefined ? {} : { 'idempotency-key': args.idempotencyKey }),
        },
        ...bodyOf(args),
        // Followed, a redirect would carry the key to wherever it points.
        redirect: 'error',
        signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
      })
      return await read(response)
    } catch (error) {
      throw error instanceof ApiError || error instanceof ConnectionError
        ? error
        : failure(error, caller, limitMs ?? Number.POSITIVE_INFINITY)
    }
  }

  const repeated = async <T>(
    id: OperationId,
    args: LooseArguments,
    accept: string,
    read: (response: Response, text: string, base: string) => T,
  ): Promise<T> => {
    const [method] = routes[id]
    const repeatable = REPEATABLE.includes(method) || args.idempotencyKey !== undefined
    const patience = args.call?.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const limitMs =
      args.content !== undefined && args.call?.timeoutMs === undefined
        ? null
        : patience + (args.waitSeconds ?? 0) * 1000
    // What was sent of a stream is gone.
    const retries = args.content instanceof ReadableStream ? 0 : maxRetries
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(id, args, { accept }, limitMs, async (response) =>
          read(response, await response.text(), base),
        )
      } catch (error) {
        const verdict = judge(error, { repeatable })
        if (!verdict.again || (attempt > retries && args.persistent !== true)) throw error
        await pause(delayMs(attempt, verdict.atLeastMs), args.call?.signal)
      }
    }
  }

  return {
    call: <Id extends OperationId>(id: Id, args: Arguments<Id>) =>
      repeated(id, args, 'application/json', dataOf) as Promise<DataOf<Id>>,
    text: (id, args) => repeated(id, args as LooseArguments, 'text/plain', textOf),
    open: (id, args, headers = {}) =>
      // How long a stream lasts is up to who reads it; a limit would cut it.
      once(id, args as LooseArguments, headers, null, async (response) => {
        if (!response.ok) dataOf(response, await response.text(), base)
        return response
      }),
  }
}
