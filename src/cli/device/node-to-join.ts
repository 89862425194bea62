/** Which node a worker joins: the one that its flags name, the one that it finds, or the one of last time. */
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import { UsageError } from '../failure.ts'
import type { Values } from '../options/flag.ts'
import { refusePlainLink } from '../plain-link.ts'
import { findNodeToJoin } from './join-auto.ts'
import { type RememberedNode, rememberedNode } from './node-address.ts'
import type { workerFlags } from './worker-flags.ts'

/** The node to join, and the one of last time: the same, or another. */
export type NodeToJoin = { readonly node: NodeEndpoint; readonly remembered: RememberedNode | undefined }

/**
 * The node to join. A token says how it is known; without one, it is known as last time, at whatever address.
 * @throws UsageError where none is named, or the link to it would be plain; StartError where what is remembered is broken, or none is found
 */
export const nodeToJoin = async (values: Values<typeof workerFlags>): Promise<NodeToJoin> => {
  const remembered = await rememberedNode(values.data_dir)
  const { join = remembered, token } = values
  const known = token ?? remembered
  if (join === undefined || (join === 'auto' && known === undefined))
    throw new UsageError(
      'This device has not joined a cluster yet; name the node by --join HOST[:PORT] and --token TOKEN.',
    )
  const node =
    join === 'auto'
      ? await findNodeToJoin({ token, remembered })
      : { host: join.host, port: join.port, fingerprint: known?.fingerprint }
  refusePlainLink(node, values)
  return { node, remembered }
}
