/** A cluster node that runs elsewhere, spoken for by this API server. */
import type { Logger } from 'pino'
import { connectCluster, type RemoteCluster } from '../../link/cluster/remote.ts'
import type { PrintedToken } from '../../link/token.ts'
import { UsageError } from '../failure.ts'
import type { Closing } from '../lifetime.ts'
import { isExposed, PLAIN_LINK, refusePlainLink } from '../plain-link.ts'
import { version } from '../version.ts'

/** Where the node is. */
export type NodeElsewhere = {
  readonly host: string
  readonly port: number
  /** Its cluster token; undefined: the API starts, and says what is missing. */
  readonly token: PrintedToken | undefined
}

/**
 * The node elsewhere that the flags name.
 * @throws UsageError for flags that speak of a node in this process, and where the link would be plain unsaid
 */
export const nodeElsewhere = (flags: {
  readonly cluster_host: string
  readonly port: number
  readonly cluster_token: PrintedToken | undefined
  readonly local_worker: boolean
  readonly restore: string | undefined
  readonly database: string | undefined
  readonly new_admin_key: boolean
  readonly insecure_link: boolean
}): NodeElsewhere => {
  const { cluster_host: host, port, cluster_token: token } = flags
  if (flags.new_admin_key)
    throw new UsageError(
      '--new-admin-key works on the data directory of the node; run it there, without --cluster-host.',
    )
  if (flags.restore !== undefined)
    throw new UsageError('--restore is for the node; with --cluster-host, give it to retire-cluster-main there.')
  if (flags.database !== undefined)
    throw new UsageError(
      '--database (RETIRE_CLUSTER_DATABASE) is for the node; with --cluster-host, give it to retire-cluster-main there.',
    )
  // It would need a join token, and a node of its own to join.
  if (flags.local_worker)
    throw new UsageError(
      '--local-worker joins the node of this process; with --cluster-host, run retire-cluster-worker instead.',
    )
  if (token !== undefined) refusePlainLink({ host, port, fingerprint: token.fingerprint }, flags)
  return { host, port, token }
}

/** Connects to the node, and stays connected until `closing`. */
export const speakFor = ({ host, port, token }: NodeElsewhere, log: Logger, closing: Closing): RemoteCluster => {
  if (token === undefined)
    log.warn(
      { variable: 'RETIRE_CLUSTER_CLUSTER_TOKEN' },
      'no --cluster-token: every request is answered with CLUSTER_UNAVAILABLE; retire-cluster-main prints the token',
    )
  else if (isExposed({ host, fingerprint: token.fingerprint })) log.warn({ host, port }, PLAIN_LINK)
  const remote = connectCluster({ host, port, token, version, log })
  closing.add('connection to the node', () => remote.close())
  return remote
}

/** The lines that a person reads. */
export const elsewhere = ({ host, port, token }: NodeElsewhere): readonly string[] => [
  `  Node       ${host}:${port}${token === undefined ? '   (no --cluster-token was given: it cannot be reached)' : ''}`,
  'Stop with Ctrl-C.',
]
