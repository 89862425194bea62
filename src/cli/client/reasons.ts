/** Why an API cannot be reached, in the words of people. */
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
  EPROTO: 'it does not speak https',
  CERT_HAS_EXPIRED: 'its certificate has run out',
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

/** Why a request failed, as a clause. @param error - what `fetch` threw */
export const reasonOf = (error: unknown): string => {
  const cause = causeOf(error)
  const code = systemCode(cause)
  if (code !== undefined) return reasons[code] ?? (code.startsWith('ERR_SSL_') ? 'it does not speak https' : code)
  // https://fetch.spec.whatwg.org/#port-blocking
  if (cause instanceof Error && cause.message === 'bad port') return 'its port is one that HTTP clients refuse'
  return cause instanceof Error ? cause.message : String(cause)
}
