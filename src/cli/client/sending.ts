/** Sends calls over HTTP. One whose answer is lost is sent again, where that does nothing twice. */
import { setTimeout } from 'node:timers/promises'
import { systemCode } from '../failure.ts'
import { version } from '../version.ts'
import { Unreachable } from './failures.ts'

/** How long an answer may take beyond the waiting that was asked for, and how long a lost one is asked for again. */
const PATIENCE_SECONDS = 30
/** Between two attempts: at first, doubled each time, and at most. */
const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 4000

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
  /** Nothing is done twice under it: where the answer is lost, the call is sent again. */
  readonly idempotency?: {
    /** The key, as the caller may give it again. */
    readonly key: string
    /** Which of the calls of one command it is, from 0 on: each has a key of its own. */
    readonly step: number
  }
}

type Received = { readonly status: number; readonly text: string }

/** What came back. `remark`: what to say of it where it is a failure; may be empty. */
export type Answer = Received & { readonly remark: string }

/** What became of one attempt, and whether it may be done though no answer says so. */
type Attempt = ({ readonly answer: Received } | { readonly failure: Unreachable }) & { readonly mayBeDone: boolean }

/** Where an API is, and by which key. */
export type Address = {
  /** Its base, without `/api/v1`. */
  readonly url: string
  /** The API key, where it asks for one. */
  readonly key: string | undefined
  /** What sends the requests. When absent: the platform's own. */
  readonly fetch?: typeof fetch
}

/** Who signed its certificate is not known here: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const unknownSigners = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]
const UNKNOWN_SIGNER =
  'its certificate is signed by nobody that is known here; name its key by --pin, as the server prints it, or the certificate by --ca'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nothing answers there',
  UND_ERR_CONNECT_TIMEOUT: 'nothing answers there',
  EPROTO: 'it does not speak https',
  CERT_HAS_EXPIRED: 'its certificate has run out',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is made out to other names; --pin knows it by its key',
  ...Object.fromEntries(unknownSigners.map((code) => [code, UNKNOWN_SIGNER])),
}
const cuts: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Of a gateway whose server is away, and of the API itself while its node is: what they passed on may be done, or not. */
const goneBehind: ReadonlySet<number> = new Set([502, 503, 504])

/** fetch hides the cause, and that of several addresses hides the causes of each. */
const causeOf = (error: unknown): unknown => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof AggregateError && systemCode(cause) === undefined ? (cause.errors[0] ?? cause) : cause
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

const reasonOf = (error: unknown): string => {
  if (isTimeout(error)) return 'it did not answer in time'
  const cause = causeOf(error)
  const code = systemCode(cause)
  if (code !== undefined) return reasons[code] ?? (code.startsWith('ERR_SSL_') ? 'it does not speak https' : code)
  // https://fetch.spec.whatwg.org/#port-blocking
  if (cause instanceof Error && cause.message === 'bad port') return 'its port is one that HTTP clients refuse'
  return cause instanceof Error ? cause.message : String(cause)
}

const urlOf = (base: string, { path, query = {} }: Call): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) for (const one of [value].flat()) parameters.append(name, String(one))
  const search = parameters.toString()
  return `${base}/api/v1${path}${search === '' ? '' : `?${search}`}`
}

const headersOf = (key: string | undefined, { body, idempotency }: Call): Record<string, string> => ({
  accept: 'application/json',
  'user-agent': `retire-cluster/${version}`,
  ...(key === undefined ? {} : { 'x-api-key': key }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotency === undefined
    ? {}
    : { 'idempotency-key': idempotency.step === 0 ? idempotency.key : `${idempotency.key}/${idempotency.step}` }),
})

const attempt = async ({ url, key, fetch: ask = fetch }: Address, call: Call): Promise<Attempt> => {
  try {
    const response = await ask(urlOf(url, call), {
      method: call.method,
      headers: headersOf(key, call),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      // Followed, a redirect would carry the key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(((call.waits ?? 0) + PATIENCE_SECONDS) * 1000),
    })
    const { status } = response
    return { answer: { status, text: await response.text() }, mayBeDone: goneBehind.has(status) }
  } catch (error) {
    const message = `The API at ${url} cannot be reached: ${reasonOf(error)}. Start it by retire-cluster-api, or name another by --api-url.`
    const mayBeDone = isTimeout(error) || cuts.has(systemCode(causeOf(error)))
    return { failure: new Unreachable(message, { cause: error }), mayBeDone }
  }
}

/**
 * Sends a call.
 * @param patienceSeconds - how long a lost answer is asked for again
 * @throws Unreachable where no answer comes
 */
export const send = async (
  address: Address,
  call: Call,
  patienceSeconds: number = PATIENCE_SECONDS,
): Promise<Answer> => {
  const { idempotency } = call
  const deadline = performance.now() + patienceSeconds * 1000
  let made = await attempt(address, call)
  let isLost = idempotency !== undefined && made.mayBeDone
  for (let delayMs = FIRST_DELAY_MS; isLost; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    if (performance.now() + delayMs > deadline) break
    await setTimeout(delayMs)
    made = await attempt(address, call)
    // Where something listened a moment ago, a server is being started again.
    isLost = !('answer' in made) || made.mayBeDone
  }
  const remark = isLost
    ? ` It may be done all the same: the same command with --idempotency-key ${idempotency?.key} does nothing twice.`
    : ''
  if ('answer' in made) return { ...made.answer, remark }
  throw new Unreachable(`${made.failure.message}${remark}`, { cause: made.failure.cause })
}
