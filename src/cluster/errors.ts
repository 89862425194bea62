/** The one error of the domain. The API turns it into the envelope; the link carries it as it is. */
import type { ErrorCode, ErrorDetails } from '../../schemas/index.ts'

/** A refusal that the caller can understand: a code of the contract and its details. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.details = details
  }
}
