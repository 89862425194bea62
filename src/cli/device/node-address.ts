/** The address of the node that a worker joins: `HOST[:PORT]`; and where it is remembered, with the node's key. */
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

/** Reads the flag `--join`. */
export const addressReader: Reader<NodeAddress> = parsed(
  'HOST[:PORT]',
  parseAddress,
  'HOST or HOST:PORT, with an IPv6 address in brackets',
)

const path = (dataDir: string): string => join(dataDir, 'node-address')

/** An address, and behind a space the fingerprint of the node's key, where the link is TLS. */
const KEPT = /^(?<address>\S+)(?: (?<fingerprint>[A-Za-z0-9_-]{43}))?$/

/** Keeps where the node is that let this device in, and its key, so that a later start needs neither `--join` nor `--token`. */
export const rememberNode = (dataDir: string, node: NodeEndpoint): Promise<void> => {
  const { fingerprint } = node
  return writeDurably(path(dataDir), `${formatAddress(node)}${fingerprint === undefined ? '' : ` ${fingerprint}`}\n`)
}

/**
 * The node that was kept; undefined where none was.
 * @throws StartError where the file cannot be read, or holds none
 */
export const rememberedNode = async (dataDir: string): Promise<NodeEndpoint | undefined> => {
  let written: string
  try {
    written = await readFile(path(dataDir), 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(`${path(dataDir)} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
  const { address = '', fingerprint } = KEPT.exec(written.trim())?.groups ?? {}
  const node = parseAddress(address)
  if (node === undefined)
    throw new StartError(`${path(dataDir)} holds no address; name the node by --join HOST[:PORT] and --token TOKEN.`)
  return { ...node, fingerprint }
}
