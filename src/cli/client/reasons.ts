/** Why an API cannot be reached, in the words of people, and what to do about it. */
import { WrongKey } from '../../link/pinned-request.ts'
import { systemCode } from '../failure.ts'

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
  CERT_HAS_EXPIRED: 'its certificate has run out; --pin knows it by its key',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is made out to other names; --pin knows it by its key',
  ...Object.fromEntries(unknownSigners.map((code) => [code, UNKNOWN_SIGNER])),
}
const cuts: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** fetch hides the cause, and that of several addresses hides the causes of each. */
const causeOf = (error: unknown): unknown => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof AggregateError && systemCode(cause) === undefined ? (cause.errors[0] ?? cause) : cause
}

/** Whether a request broke off when it may already have arrived. @param error - what `fetch` threw */
export const isCut = (error: unknown): boolean => cuts.has(systemCode(causeOf(error)))

/** What OpenSSL makes of an answer that is not TLS. What else fails in a handshake speaks TLS, of another kind. */
const plainAnswers: ReadonlySet<string> = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])
const PLAIN_ANSWER = /wrong version number|packet length too long/i

/** Whether the other end does not speak TLS: `fetch` tells a code of OpenSSL, and `node:https` its words alone. */
const isPlain = (error: unknown): boolean => {
  const code = systemCode(error)
  if (code === 'EPROTO') return error instanceof Error && PLAIN_ANSWER.test(error.message)
  return code !== undefined && plainAnswers.has(code)
}

/** Why a request failed, as a clause. @param error - what `fetch` threw */
export const reasonOf = (error: unknown): string => {
  const cause = causeOf(error)
  const code = systemCode(cause)
  if (code !== undefined) return reasons[code] ?? (isPlain(cause) ? 'it does not speak https' : code)
  // https://fetch.spec.whatwg.org/#port-blocking
  if (cause instanceof Error && cause.message === 'bad port') return 'its port is one that HTTP clients refuse'
  return cause instanceof Error ? cause.message : String(cause)
}

/** Names that are not known: whatever runs there, it is another address. */
const unknownNames: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN'])

/** Whose reason says already what to do. */
const withAdvice: ReadonlySet<string> = new Set([...unknownSigners, 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])

const OTHERWISE = 'See that it runs and can be reached from here, or name another by --api-url.'

/**
 * What to do about a request that failed: a sentence, or nothing where the reason says it.
 * @param error - what `fetch` threw
 * @param url - where the API was looked for
 */
export const remedyOf = (error: unknown, url: string): string => {
  const cause = causeOf(error)
  if (cause instanceof WrongKey)
    return 'Where the server prints that key as its pin, name it by --pin; otherwise something else answers there.'
  const code = systemCode(cause)
  if (code === undefined) return OTHERWISE
  if (withAdvice.has(code)) return ''
  if (code === 'ECONNREFUSED')
    return 'Start it by retire-cluster-api (in a clone: npm start), or name another by --api-url.'
  if (unknownNames.has(code)) return 'Name its address by --api-url.'
  // A pinned key is asked by `node:https`: who has named one is not told to send his own in the clear.
  if (isPlain(cause) && code !== 'EPROTO')
    return `Where it speaks plain http, name it by --api-url ${url.replace(/^https:/, 'http:')}`
  // So ends a plain request to a port of TLS: the server can say nothing that would be understood.
  if (cuts.has(code) && url.startsWith('http:'))
    return `Where it speaks https, name it by --api-url ${url.replace(/^http:/, 'https:')}; otherwise see that it runs.`
  return OTHERWISE
}
