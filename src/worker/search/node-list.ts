/** The nodes that a device knows: what it believes of a list, and in which order it goes to them. */
import { isIPv6 } from 'node:net'
import { isLoopback } from '../../link/address.ts'
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'

/** A node that is known by its key. */
export type KeyedNode = NodeEndpoint & { readonly fingerprint: string }

/** True for the same key at the same address. */
export const isSame = (a: NodeEndpoint, b: NodeEndpoint): boolean =>
  a.host === b.host && a.port === b.port && a.fingerprint === b.fingerprint

/** The same nodes in an order by chance, each as likely as any other (Fisher and Yates; Durstenfeld, CACM 7(7), 1964). */
export const shuffled = <T>(nodes: readonly T[], share: () => number): T[] => {
  const order = [...nodes]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(share() * (last + 1))
    const [one, other] = [order[chosen], order[last]]
    if (one === undefined || other === undefined) continue
    order[chosen] = other
    order[last] = one
  }
  return order
}

/** The nodes as they stand there first; the same key at the same address is one node. */
export const distinct = (nodes: readonly NodeEndpoint[]): readonly NodeEndpoint[] =>
  nodes.filter((node, index) => nodes.findIndex((other) => isSame(node, other)) === index)

/**
 * Of the nodes that a list names, those that may be dialled. Who has proven its key can say whom to trust, and so can a node on
 * this machine; what came over a plain link anybody may have written. None is spoken to in the clear that was not before.
 * @param teller - the node that told the list, as it was dialled
 */
export const believed = (teller: NodeEndpoint, told: readonly NodeEndpoint[]): readonly NodeEndpoint[] => {
  const isPlain = teller.fingerprint === undefined
  if (isPlain && !isLoopback(teller.host)) return []
  return distinct(told)
    .filter(({ host }) => !host.includes(':') || isIPv6(host))
    .filter(({ host, fingerprint }) => fingerprint !== undefined || (isPlain && isLoopback(host)))
}

const haveKey = (nodes: readonly NodeEndpoint[], fingerprint: string | undefined): number =>
  nodes.filter((node) => node.fingerprint === fingerprint).length

/**
 * Some nodes, and those others of `more` that are none of them under another address: so it is with the same key, where it is that
 * of one node alone here and there. Nodes may share a key; then their addresses tell them apart.
 * @param nodes - they stay as they are, by the addresses that they have here
 */
export const joinedWith = (nodes: readonly NodeEndpoint[], more: readonly NodeEndpoint[]): readonly NodeEndpoint[] => {
  const isElsewhere = ({ fingerprint }: NodeEndpoint) =>
    fingerprint !== undefined && haveKey(nodes, fingerprint) === 1 && haveKey(more, fingerprint) === 1
  return [...nodes, ...more.filter((one) => !isElsewhere(one) && !nodes.some((node) => isSame(node, one)))]
}
