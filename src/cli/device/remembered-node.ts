/** Where a worker met its node, in `node-address` of its data directory: where it was before, and which other nodes there are. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import { writeDurably } from '../../worker/durable-file.ts'
import { isSame } from '../../worker/search/node-list.ts'
import { StartError, systemCode } from '../failure.ts'
import { formatAddress, type NodeAddress, parseAddress } from './node-address.ts'

const path = (dataDir: string): string => join(dataDir, 'node-address')

/** A node that was met, and where before. */
export type RememberedNode = NodeEndpoint & {
  /** Where it was met earlier, the latest first. */
  readonly earlier: readonly NodeAddress[]
  /** The other nodes of its cluster, by their addresses. */
  readonly others: readonly NodeEndpoint[]
}

/** A node has moved so often, or goes back and forth between so many places, at the most. */
const MOST_EARLIER = 7

const byAddress = (a: NodeEndpoint, b: NodeEndpoint) => (formatAddress(a) < formatAddress(b) ? -1 : 1)

/**
 * What is remembered when a node was met: of the same key also where it was met before. A plain node is known by its address alone.
 * @param nodes - all that are known; the one that was met may be among them
 */
export const remembering = (
  met: NodeEndpoint,
  before: RememberedNode | undefined,
  nodes: readonly NodeEndpoint[] = [],
): RememberedNode => {
  const { host, port, fingerprint } = met
  const others = nodes.filter((node) => !isSame(node, met)).sort(byAddress)
  const isKnownBy = (address: NodeAddress) =>
    [met, ...others].some((node) => formatAddress(node) === formatAddress(address))
  const wasMet = fingerprint !== undefined && before?.fingerprint === fingerprint
  const earlier = (wasMet ? [before, ...before.earlier] : [])
    .map((place) => ({ host: place.host, port: place.port }))
    .filter((place) => !isKnownBy(place))
    .slice(0, MOST_EARLIER)
  return { host, port, fingerprint, earlier, others }
}

/** In place of a key: the link to that node is plain. */
const PLAIN = 'plain'

/**
 * Of the file, the first line has the address, and behind a space the fingerprint of the node's key, where the link is TLS. Of the
 * others, those with an address alone have one of earlier; those with a fingerprint, or the word `plain`, another node.
 */
const KEPT = /^(?<address>\S+)(?: (?<fingerprint>[A-Za-z0-9_-]{43}))?$/
const OTHER = /^(?<address>\S+) (?<key>[A-Za-z0-9_-]{43}|plain)$/

const otherNode = (line: string): NodeEndpoint | undefined => {
  const { address = '', key } = OTHER.exec(line)?.groups ?? {}
  const place = parseAddress(address)
  return place === undefined ? undefined : { ...place, fingerprint: key === PLAIN ? undefined : key }
}

/** Keeps where the node is that let this device in, and its key, so that a later start needs neither `--join` nor `--token`. */
export const rememberNode = (dataDir: string, node: RememberedNode): Promise<void> => {
  const { fingerprint, earlier, others } = node
  const first = `${formatAddress(node)}${fingerprint === undefined ? '' : ` ${fingerprint}`}`
  const lines = [
    first,
    ...earlier.map(formatAddress),
    ...others.map((other) => `${formatAddress(other)} ${other.fingerprint ?? PLAIN}`),
  ]
  return writeDurably(path(dataDir), `${lines.join('\n')}\n`)
}

/**
 * The node that was kept; undefined where none was.
 * @throws StartError where the file cannot be read, or holds none
 */
export const rememberedNode = async (dataDir: string): Promise<RememberedNode | undefined> => {
  let written: string
  try {
    written = await readFile(path(dataDir), 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(`${path(dataDir)} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
  const [first = '', ...lines] = written.trim().split('\n')
  const { address = '', fingerprint } = KEPT.exec(first)?.groups ?? {}
  const node = parseAddress(address)
  if (node === undefined)
    throw new StartError(`${path(dataDir)} holds no address; name the node by --join HOST[:PORT] and --token TOKEN.`)
  const earlier = lines.map(parseAddress).filter((place) => place !== undefined)
  const others = lines.map(otherNode).filter((other) => other !== undefined)
  return { ...node, fingerprint, earlier: earlier.slice(0, MOST_EARLIER), others }
}
