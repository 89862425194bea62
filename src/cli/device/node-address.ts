/** The address of a node as people write it: `HOST[:PORT]`. */
import { isIPv6 } from 'node:net'
import { defaultConfig } from '../../../schemas/config.ts'
import { inUrl } from '../../link/address.ts'

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
