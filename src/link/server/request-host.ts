/** Addresses as they may stand in a page, a script and a log. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

/** A host name, an IPv4 address, or an IPv6 address in brackets; and a port. Nothing that a shell or HTML could read. */
const HOST = /^(?<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?<port>:\d{1,5})?$/

/** An address without the prefix that IPv4 gets on a socket of both families, and without a zone. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/, '').replace(/(?<!%)%.*$/s, '')

/** A host as it stands in a URL: IPv6 in brackets. */
export const inUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host)

/**
 * `HOST:PORT` by which whoever asked reached this node: as its `Host` header says (so that it is right behind a
 * forwarded port), where that is nothing but a host and a port; else the address of the socket.
 */
export const hostOf = (request: IncomingMessage): string => {
  const { host, port } = HOST.exec(request.headers.host ?? '')?.groups ?? {}
  // A URL without a port means 80; a worker would take it for 8080.
  if (host !== undefined) return `${host}${port ?? ':80'}`
  const { localAddress, localPort } = request.socket
  return `${inUrl(plainAddress(localAddress))}:${localPort ?? 0}`
}
