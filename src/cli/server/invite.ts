/** How people are told to join with a token that was made over the API. */
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import type { Invitation } from '../../cluster/ports/link.ts'
import { inUrl } from '../../link/address.ts'
import { joinLine, urlOf } from '../../link/server/join-line.ts'
import { type PrintedToken, printToken } from '../../link/token.ts'
import { reachableHost } from './lan-address.ts'

/** Where a node listens, and by what key it is known. */
type Listening = {
  readonly bind: string
  readonly advertisedHost: string | undefined
  readonly port: number
  readonly joinToken: Pick<PrintedToken, 'fingerprint'>
  /** The nodes of the cluster; none where this is the only one. */
  readonly nodes: () => readonly ClusterNode[]
}

/** Words it for the node that listens there. The address is looked up anew: it may have changed since the start. */
export const inviteWith = async (
  { bind, advertisedHost, port, joinToken: { fingerprint }, nodes }: Listening,
  secret: string,
): Promise<Invitation> => {
  const host = await reachableHost(bind, advertisedHost)
  const token = { token: secret, fingerprint }
  const printed = printToken(token)
  return {
    token: printed,
    command: joinLine({ host, port, token, nodes: nodes() }),
    // Behind the hash, which no browser sends: what stands in a query is written down by servers and proxies.
    url: `${urlOf({ node: `${inUrl(host)}:${port}`, fingerprint }, '/join')}#${printed}`,
  }
}
