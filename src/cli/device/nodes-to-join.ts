/** Which nodes a worker joins: those that its flags name, the one that it finds, or those of last time. */
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import type { PrintedToken } from '../../link/token.ts'
import { distinct, joinedWith } from '../../worker/search/node-list.ts'
import type { Nodes } from '../../worker/search/whereabouts.ts'
import { UsageError } from '../failure.ts'
import type { Values } from '../options/flag.ts'
import { isExposed, refusePlainLink } from '../plain-link.ts'
import { findNodeToJoin } from './join-auto.ts'
import type { NamedNode } from './named-nodes.ts'
import { formatAddress } from './node-address.ts'
import { type RememberedNode, rememberedNode } from './remembered-node.ts'
import type { workerFlags } from './worker-flags.ts'

/** The nodes to join, and those of last time: the same, or others. */
export type NodesToJoin = { readonly nodes: Nodes; readonly remembered: RememberedNode | undefined }

const everyOf = ({ host, port, fingerprint, others }: RememberedNode): Nodes => [{ host, port, fingerprint }, ...others]

/** A node that was named, with its own key, or that of the token; without a token, that by which the cluster was known last time. */
const withKey = (
  { host, port, fingerprint: own }: NamedNode,
  token: PrintedToken | undefined,
  remembered: RememberedNode | undefined,
): NodeEndpoint => {
  if (own !== undefined || token !== undefined) return { host, port, fingerprint: own ?? token?.fingerprint }
  const known = remembered === undefined ? [] : everyOf(remembered)
  const there = known.find((node) => formatAddress(node) === formatAddress({ host, port }))
  return { host, port, fingerprint: (there ?? remembered)?.fingerprint }
}

/** True where one of the nodes is of the cluster of last time: by its key, or, where it has none, by its address. */
const isSameCluster = (nodes: Nodes, known: Nodes): boolean =>
  nodes.some(({ fingerprint, ...address }) =>
    known.some(
      (node) =>
        node.fingerprint === fingerprint &&
        (fingerprint !== undefined || formatAddress(node) === formatAddress(address)),
    ),
  )

const chosen = async (
  { join, token }: Values<typeof workerFlags>,
  remembered: RememberedNode | undefined,
): Promise<Nodes> => {
  if (join === 'auto' && (token ?? remembered) !== undefined) return [await findNodeToJoin({ token, remembered })]
  if (join !== undefined && join !== 'auto') {
    const [first, ...others] = join
    return [withKey(first, token, remembered), ...others.map((node) => withKey(node, token, remembered))]
  }
  if (remembered === undefined)
    throw new UsageError(
      'This device has not joined a cluster yet; name the node by --join HOST[:PORT] and --token TOKEN.',
    )
  const { host, port, fingerprint } = remembered
  return [{ host, port, fingerprint: token === undefined ? fingerprint : token.fingerprint }]
}

/**
 * The nodes to join. A token says how they are known, where no key of their own was named; without one, they are known as last
 * time, at whatever address. Those of last time are known besides, where they are of the same cluster.
 * @throws UsageError where none is named, or the link to one would be plain; StartError where what is remembered is broken, or none is found
 */
export const nodesToJoin = async (values: Values<typeof workerFlags>): Promise<NodesToJoin> => {
  const remembered = await rememberedNode(values.data_dir)
  const [first, ...others] = await chosen(values, remembered)
  const named: Nodes = [first, ...distinct([first, ...others]).slice(1)]
  for (const node of named) refusePlainLink(node, values)
  if (remembered === undefined || !isSameCluster(named, everyOf(remembered))) return { nodes: named, remembered }
  const more = joinedWith(named, everyOf(remembered)).slice(named.length)
  return { nodes: [...named, ...more.filter((node) => values.insecure_link || !isExposed(node))], remembered }
}
