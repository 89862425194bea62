/** Addresses as they stand in URLs, in join lines and in logs. */
import { isIP, isIPv6 } from 'node:net'

/** An address without the prefix that IPv4 gets on a socket of both families, and without a zone. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/, '').replace(/(?<!%)%.*$/s, '')

/** A host as it stands in a URL: IPv6 in brackets (RFC 3986 §3.2.2). */
export const inUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host)

/** True for a host that stands for this machine: what is said to it leaves the machine never. */
export const isLoopback = (host: string): boolean => {
  if (isIP(host) === 0) return host === 'localhost'
  return host === '::1' || /^(::ffff:)?127\./i.test(host)
}

/** True for a host on which a listener stands at all addresses of this machine. */
export const isEveryAddress = (host: string): boolean => host === '0.0.0.0' || host === '::'
