/** The errors of the link, and how those of the domain cross it. */
import { DOMAIN_ERROR, DomainErrorData, type RpcMessage } from '../../schemas/link.ts'
import { ClusterError } from '../cluster/errors.ts'
import { received } from './checks.ts'

/** Codes that JSON-RPC 2.0 defines (https://www.jsonrpc.org/specification, §5.1), as far as we send them. */
export const rpcCodes = { methodNotFound: -32_601, internalError: -32_603 } as const

/** Why a request has no answer. */
export type RpcFailure =
  /** The connection is gone, or was closed before the answer came. */
  | 'closed'
  /** The answer did not come in time. */
  | 'timeout'
  /** What was to be sent does not meet its schema; it was not sent. */
  | 'invalid'
  /** What was to be sent is larger than a message may be; it was not sent. */
  | 'too_large'
  /** The other side does not know the method: it is of an older build. */
  | 'unknown'
  /** The other side answered with an error that is none of the contract. */
  | 'remote'

/** A request that got no answer. Errors of the contract come out as `ClusterError` instead. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly failure: RpcFailure

  constructor(failure: RpcFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}

/** Thrown by a handler where a message comes out of turn: the peer closes its link with `closeCodes.badMessage`. */
export class BadMessage extends Error {
  override readonly name = 'BadMessage'
}

/** An error as the wire carries it. What is no error of the contract tells nothing of its cause. */
export const toWire = (error: unknown): NonNullable<RpcMessage['error']> => {
  if (!(error instanceof ClusterError)) return { code: rpcCodes.internalError, message: 'internal error' }
  const data: DomainErrorData = { code: error.code, details: error.details }
  return { code: DOMAIN_ERROR, message: error.code, data }
}

/** The error that the other side answered with. A code that only a newer version knows comes out as `RpcError`. */
export const fromWire = ({ code, message, data }: NonNullable<RpcMessage['error']>): ClusterError | RpcError => {
  if (code === rpcCodes.methodNotFound) return new RpcError('unknown', message)
  const told = received(DomainErrorData, data)
  if (code !== DOMAIN_ERROR || told.problem !== undefined) return new RpcError('remote', `${message} (${code})`)
  // The schema has checked it.
  const error = told.value as DomainErrorData
  return new ClusterError(error.code, error.details)
}
