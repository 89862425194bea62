/** What listens on the port of the link: HTTP, or HTTPS that lets this machine itself speak plain. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { Socket } from 'node:net'
import { isLoopback, plainAddress } from '../address.ts'

/** The certificate of a node and its private key, PEM. */
export type NodeCertificate = { readonly key: string; readonly cert: string }

/** How long a connection has to say anything at all, and a TLS handshake to be done. */
const FIRST_WORD_MS = 10_000

const limits: ServerOptions = {
  // A request for a page is one small packet: whoever needs longer only holds a connection open.
  headersTimeout: 10_000,
  // Files take longer: request-time.ts bounds the others.
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  // A browser asks for one page, a script for one file: nothing is gained by holding on.
  keepAliveTimeout: 2_000,
}

/** The first byte of every TLS connection: the content type of a handshake record (RFC 8446 §5.1). */
const HANDSHAKE = 0x16

const SENTENCE = 'This port speaks TLS. Join with the line as the node printed it: its token reads TOKEN.FINGERPRINT.\n'

const refusePlain = (socket: Socket) => {
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(SENTENCE)}`,
  ]
  socket.once('finish', () => socket.destroy())
  socket.end([...head, '', SENTENCE].join('\r\n'))
}

/** True where the other end of a connection is on this machine. */
export const isFromHere = ({ remoteAddress }: Socket): boolean => isLoopback(plainAddress(remoteAddress))

/**
 * Looks at the first byte of every connection of a TLS server, before TLS does: who begins with something else speaks plain,
 * and is served so where `mayBePlain`, else told.
 */
export const admitPlain = (server: Server, mayBePlain: (socket: Socket) => boolean): void => {
  // What Node itself does with a connection of a TLS server is its one listener; who has spoken TLS comes out as `secureConnection`.
  const [speakTls] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  if (speakTls === undefined) throw new TypeError('this is no TLS server')
  server.removeListener('connection', speakTls)

  server.on('connection', (socket: Socket) => {
    const silent = setTimeout(() => socket.destroy(), FIRST_WORD_MS)
    const over = () => clearTimeout(silent)
    const lost = () => socket.destroy()
    const look = () => {
      const first = socket.read() as Buffer | null
      if (first === null) return
      over()
      socket.off('readable', look).off('close', over).off('error', lost)
      socket.unshift(first)
      if (first[0] === HANDSHAKE) speakTls.call(server, socket)
      else if (mayBePlain(socket)) server.emit('secureConnection', socket)
      else refusePlain(socket)
    }
    socket.on('readable', look).once('close', over).once('error', lost)
  })
}

/** Makes the server; the caller listens. With a certificate it speaks TLS 1.2 or newer. */
export const createListener = (serve: RequestListener, certificate: NodeCertificate | undefined): Server => {
  const server =
    certificate === undefined
      ? createServer(limits, serve)
      : createSecureServer({ ...limits, ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: FIRST_WORD_MS }, serve)
  if (certificate !== undefined) admitPlain(server, isFromHere)
  // The worker is under 2 MB: a reader that takes no byte for so long has gone. ws lifts this for links.
  server.setTimeout(30_000)
  return server
}
