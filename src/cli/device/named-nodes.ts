/** The flag `--join`: the nodes of a cluster, `HOST[:PORT][#FINGERPRINT]` with commas between them, or `auto`. */
import { MOST_NODES } from '../../../schemas/cluster-node.ts'
import { parsed, type Reader } from '../options/readers.ts'
import { type NodeAddress, parseAddress } from './node-address.ts'

/** A node as it was named. */
export type NamedNode = NodeAddress & {
  /** The fingerprint of its own key; undefined: it has that of the token. */
  readonly fingerprint: string | undefined
}

/** Nodes as they were named, one or more. */
export type NamedNodes = readonly [NamedNode, ...NamedNode[]]

const SHAPE = /^(?<address>[^#]+)(?:#(?<fingerprint>[A-Za-z0-9_-]{43}))?$/

const parseNode = (written: string): NamedNode | undefined => {
  const { address = '', fingerprint } = SHAPE.exec(written)?.groups ?? {}
  const place = parseAddress(address)
  return place === undefined ? undefined : { ...place, fingerprint }
}

/** Parses nodes with commas between them; undefined where one of them is none. */
export const parseNodes = (written: string): NamedNodes | undefined => {
  const [first, ...others] = written.split(',').map((node) => parseNode(node.trim()))
  if (first === undefined || others.length >= MOST_NODES || others.includes(undefined)) return undefined
  return [first, ...others.filter((node) => node !== undefined)]
}

/** Reads the flag. A host of the name `auto` is written `auto:8080`. */
export const joinReader: Reader<NamedNodes | 'auto'> = parsed(
  'HOST[:PORT],…|auto',
  (written) => (written === 'auto' ? written : parseNodes(written)),
  'HOST or HOST:PORT, with an IPv6 address in brackets, several with commas between them, or auto',
)
