/** `--join auto`: finds the node to join in the network of this device. */
import { defaultConfig } from '../../../schemas/config.ts'
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import type { HeardNode } from '../../link/dns-sd.ts'
import { BROWSE_MS, findNode, systemWays, type Ways } from '../../worker/search/find-node.ts'
import type { PrintedToken } from '../../link/token.ts'
import { StartError, UsageError } from '../failure.ts'
import { formatAddress } from './node-address.ts'
import type { RememberedNode } from './remembered-node.ts'

/** By what the node is known. */
export type Known = {
  /** The token with which this device joins it; undefined where it has joined already. */
  readonly token: PrintedToken | undefined
  /** The node that this device has joined; undefined where it has joined none. */
  readonly remembered: RememberedNode | undefined
}

const NAME_IT = 'name the node by --join HOST[:PORT], as it prints it at its start'

const byKey = async (
  fingerprint: string,
  remembered: RememberedNode | undefined,
  ways: Ways,
): Promise<NodeEndpoint> => {
  const joined = remembered?.fingerprint === fingerprint ? remembered : undefined
  const wanted = {
    fingerprint,
    places: joined === undefined ? [] : [joined, ...joined.earlier],
    port: joined?.port ?? defaultConfig.server.port,
  }
  const found = await findNode(wanted, new AbortController().signal, ways)
  // A node that is away for now comes back: the worker goes on looking for it.
  const node = found ?? joined
  if (node !== undefined) return { host: node.host, port: node.port, fingerprint }
  throw new StartError(
    `No node with the key of the token was found in the network of this device, neither by multicast DNS nor among its neighbours (port ${wanted.port}); ${NAME_IT}.`,
  )
}

const placesOf = ({ addresses, port }: HeardNode): string =>
  addresses.map((host) => formatAddress({ host, port })).join(' or ')

/** Without a key, who answers is taken at his word: only where there is no choice, and nothing else was said of the link. */
const byWord = async (ways: Ways): Promise<NodeEndpoint> => {
  const heard = new Map<string, HeardNode>()
  await ways.browse({
    forMs: BROWSE_MS,
    signal: new AbortController().signal,
    onHeard: (node) => void heard.set(node.name, node),
  })
  const [first, ...others] = heard.values()
  if (first === undefined)
    throw new StartError(`No node was heard by multicast DNS in the network of this device; ${NAME_IT}.`)
  if (others.length > 0)
    throw new UsageError(
      `There are several nodes in the network of this device, at ${[first, ...others].map(placesOf).join(', ')}; name one of them by --join HOST[:PORT], or give the token as its node printed it, TOKEN.FINGERPRINT.`,
    )
  if (first.fingerprint !== undefined)
    throw new UsageError(
      `The node at ${placesOf(first)} speaks TLS; give the token as it printed it, TOKEN.FINGERPRINT, by which it is known.`,
    )
  const [host = ''] = first.addresses
  return { host, port: first.port, fingerprint: undefined }
}

/**
 * The node to join: the one that proves to have the key, or the only one there where there is no key to go by. A device that has
 * joined a plain node goes to where that was.
 * @throws StartError where none is found
 * @throws UsageError where the command line leaves open which
 */
export const findNodeToJoin = async ({ token, remembered }: Known, ways: Ways = systemWays): Promise<NodeEndpoint> => {
  const known = token ?? remembered
  if (known?.fingerprint !== undefined) return byKey(known.fingerprint, remembered, ways)
  return token === undefined && remembered !== undefined ? remembered : byWord(ways)
}
