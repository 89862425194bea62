/** What is told while the node that has to answer cannot be reached. */
import { ClusterError } from '../../cluster/errors.ts'
import { RpcError } from '../rpc-errors.ts'

/** A node that is there again is found within this, or soon after, seconds. */
const RETRY_AFTER_SECONDS = 2

/** The refusal, with its reason. */
export const unavailable = (reason: string): ClusterError =>
  new ClusterError('CLUSTER_UNAVAILABLE', { reason, retry_after_seconds: RETRY_AFTER_SECONDS })

/** What an error of a request means for whoever asked: one that was not answered can be tried again. */
export const meaningOf = (error: unknown): unknown =>
  error instanceof RpcError && (error.failure === 'closed' || error.failure === 'timeout')
    ? unavailable(error.message)
    : error
