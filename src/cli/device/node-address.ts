/** The address of the node that a worker joins: `HOST[:PORT]`; and where it was met before is remembered, with the node's key. */
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { defaultConfig } from '../../../schemas/config.ts'
import { inUrl } from '../../link/address.ts'
import type { NodeEndpoint } from '../../link/client/keep-connected.ts'
import { writeDurably } from '../../worker/durable-file.ts'
import { StartError, systemCode } from '../failure.ts'
import { parsed, type Reader } from '../options/readers.ts'

/** Where a node listens for devices. */
export type NodeAddress = { readonly host: string; readonly port: number }

const SHAPE = /^(?:\[(?<ipv6>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>[1-9]\d{0,4}))?$/

/** Parses `HOST[:PORT]`, IPv6 in brackets; undefined where it is none. */
export const parseAddress = (written: string): NodeAddress | undefined => {
  const { ipv6, host, port } = SHAPE.exec(written)?.groups ?? {}
  const name = ipv6 ?? host
  if (name === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined
  const number = port === undefined ? defaultConfig.server.port : Number(port)
  return number > 65_535 ? undefined : { host: name, port: number }
}

/** Writes an address as it is parsed. */
export const formatAddress = ({ host, port }: NodeAddress): string => `${inUrl(host)}:${port}`

/** Reads the flag `--join`. A host of the name `auto` is written `auto:8080`. */
export const joinReader: Reader<NodeAddress | 'auto'> = parsed(
  'HOST[:PORT]|auto',
  (written) => (written === 'auto' ? written : parseAddress(written)),
  'HOST or HOST:PORT, with an IPv6 address in brackets, or auto',
)

const path = (dataDir: string): string => join(dataDir, 'node-address')

/** A node that was met, and where before. */
export type RememberedNode = NodeEndpoint & {
  /** Where it was met earlier, the latest first. */
  readonly earlier: readonly NodeAddress[]
}

/** A node has moved so often, or goes back and forth between so many places, at the most. */
const MOST_EARLIER = 7

/** What is remembered when a node was met: of the same key also where it was met before. A plain node is known by its address alone. */
export const remembering = (met: NodeEndpoint, before: RememberedNode | undefined): RememberedNode => {
  const { host, port, fingerprint } = met
  const isSame = fingerprint !== undefined && before?.fingerprint === fingerprint
  const earlier = (isSame ? [before, ...before.earlier] : [])
    .map((place) => ({ host: place.host, port: place.port }))
    .filter((place) => formatAddress(place) !== formatAddress(met))
    .slice(0, MOST_EARLIER)
  return { host, port, fingerprint, earlier }
}

/**
 * Of the file, the first line has the address, and behind a space the fingerprint of the node's key, where the link is TLS; each
 * other line has an address of earlier.
 */
const KEPT = /^(?<address>\S+)(?: (?<fingerprint>[A-Za-z0-9_-]{43}))?$/

/** Keeps where the node is that let this device in, and its key, so that a later start needs neither `--join` nor `--token`. */
export const rememberNode = (dataDir: string, node: RememberedNode): Promise<void> => {
  const { fingerprint, earlier } = node
  const first = `${formatAddress(node)}${fingerprint === undefined ? '' : ` ${fingerprint}`}`
  return writeDurably(path(dataDir), `${[first, ...earlier.map(formatAddress)].join('\n')}\n`)
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
  const [first = '', ...others] = written.trim().split('\n')
  const { address = '', fingerprint } = KEPT.exec(first)?.groups ?? {}
  const node = parseAddress(address)
  if (node === undefined)
    throw new StartError(`${path(dataDir)} holds no address; name the node by --join HOST[:PORT] and --token TOKEN.`)
  const earlier = others.map(parseAddress).filter((place) => place !== undefined)
  return { ...node, fingerprint, earlier: earlier.slice(0, MOST_EARLIER) }
}
