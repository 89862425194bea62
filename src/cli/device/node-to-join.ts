/** Which node a worker joins: the one that its flags name, or the one of last time. */
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import { UsageError } from '../failure.ts'
import type { Values } from '../options/flag.ts'
import { refusePlainLink } from '../plain-link.ts'
import { rememberedNode } from './node-address.ts'
import type { workerFlags } from './worker-flags.ts'

/**
 * The node to join. A token says how it is known; without one, it is known as last time, at whatever address.
 * @throws UsageError where none is named, or the link to it would be plain; StartError where what is remembered is broken
 */
export const nodeToJoin = async (values: Values<typeof workerFlags>): Promise<NodeEndpoint> => {
  const remembered = await rememberedNode(values.data_dir)
  const address = values.join ?? remembered
  if (address === undefined)
    throw new UsageError(
      'This device has not joined a cluster yet; name the node by --join HOST[:PORT] and --token TOKEN.',
    )
  const fingerprint = values.token === undefined ? remembered?.fingerprint : values.token.fingerprint
  const node = { host: address.host, port: address.port, fingerprint }
  refusePlainLink(node, values)
  return node
}
