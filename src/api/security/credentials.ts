/** Reads the key of a request from its headers. */
import type { IncomingHttpHeaders } from 'node:http'
import { ClusterError } from '../../cluster/errors.ts'

/** Node reads header bytes as Latin-1; a key that is not ASCII was sent as UTF-8. */
const decoded = (header: string): string => Buffer.from(header, 'latin1').toString('utf8').trim()

const bearer = (authorization: string | undefined): string | undefined => {
  // The scheme is case-insensitive, and one or more spaces follow it (RFC 9110 §11.1, RFC 6750 §2.1).
  const token = authorization === undefined ? undefined : /^bearer +([^ ].*)$/i.exec(authorization)?.[1]
  return token === undefined ? undefined : decoded(token)
}

/**
 * The secret that a request bears, in `X-API-Key` or as `Authorization: Bearer`.
 * @throws ClusterError `AUTHENTICATION_REQUIRED` where there is none, or two that differ
 */
export const secretOf = (headers: IncomingHttpHeaders): string => {
  const header = headers['x-api-key']
  const named = typeof header === 'string' && header !== '' ? decoded(header) : undefined
  const borne = bearer(headers.authorization)
  if (named !== undefined && borne !== undefined && named !== borne) {
    throw new ClusterError('AUTHENTICATION_REQUIRED', { reason: 'X-API-Key and Authorization bear different keys' })
  }
  const secret = named ?? borne
  if (secret === undefined) {
    const reason = headers.authorization === undefined ? 'no key was sent' : 'Authorization bears no Bearer token'
    throw new ClusterError('AUTHENTICATION_REQUIRED', { reason })
  }
  return secret
}
