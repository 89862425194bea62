/** The address by which whoever asks a page of the link reached this node. */
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { inUrl, plainAddress } from '../address.ts'

/** A host name, an IPv4 address, or an IPv6 address in brackets; and a port. Nothing that a shell or HTML could read. */
const HOST = /^(?<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?<port>:\d{1,5})?$/

/**
 * `HOST:PORT` by which whoever asked reached this node: as its `Host` header says (so that it is right behind a
 * forwarded port), where that is nothing but a host and a port; else the address of the socket.
 */
export const hostOf = ({ headers, socket }: IncomingMessage): string => {
  const { host, port } = HOST.exec(headers.host ?? '')?.groups ?? {}
  // A URL without a port means that of its scheme; a worker would take it for 8080.
  if (host !== undefined) return `${host}${port ?? (socket instanceof TLSSocket ? ':443' : ':80')}`
  return `${inUrl(plainAddress(socket.localAddress))}:${socket.localPort ?? 0}`
}
