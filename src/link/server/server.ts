/** The listener for devices: their links, and the pages by which new ones join, on one port. */
import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { CLUSTER_SUBPROTOCOL, MAX_CLUSTER_MESSAGE_BYTES } from '../../../schemas/cluster-link.ts'
import { closeCodes, MAX_MESSAGE_BYTES, SUBPROTOCOLS } from '../../../schemas/link.ts'
import type { DeviceGate } from '../../cluster/ports/link.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { boundWaiting } from '../../http/waiting-connections.ts'
import { plainAddress } from '../address.ts'
import { type ClusterDoor, serveApi } from '../cluster/serve.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { MAX_BUFFERED_BYTES } from '../rpc.ts'
import { connectDevice, type DeviceConnection, type LinkLimits } from './device-connection.ts'
import { createFileDoor, type DeviceFileDoor } from './files/door.ts'
import { boundRequests } from './files/request-time.ts'
import type { TransferLimits } from './files/transfers.ts'
import { CLUSTER_PATH, pathOf, refusalOf, refuse } from './handshake.ts'
import { joinPages, type PageSources } from './join-pages.ts'
import { createGreetings } from './greetings.ts'
import { createListener, type NodeCertificate } from './listener.ts'

/** What a link server needs. */
export type LinkServerOptions = {
  /** The address to listen on. */
  readonly host: string
  /** The port to listen on; 0 for a free one. */
  readonly port: number
  /** Where devices come in. */
  readonly gate: DeviceGate
  /** Where they come in with files, asked at each; absent: none are served. */
  readonly fileGate?: () => DeviceFileDoor
  /** How many links may be open at a time; asked at every new one. */
  readonly maxConnections: () => number
  readonly pages: Omit<PageSources, 'fingerprint'>
  /** With it the port speaks TLS, and plain to this machine alone; undefined: it speaks plain to everybody. */
  readonly certificate?: NodeCertificate | undefined
  /** Lets in API servers that speak for this node; undefined: none. */
  readonly door?: ClusterDoor
  readonly log: Log
  /** Other limits than the usual ones. */
  readonly limits?: Partial<LinkLimits> & { readonly files?: Partial<TransferLimits> }
}

/** A listener for devices. */
export interface LinkServer {
  /** The port as opened. */
  readonly port: number
  /** The fingerprint of its key, which goes into the tokens as they are printed; undefined where it speaks plain. */
  readonly fingerprint: string | undefined
  /** Links that are open. */
  connections(): number
  /** Closes all links with 1001 and stops listening; resolves within 2 seconds. */
  close(): Promise<void>
}

const usualLimits: LinkLimits = { helloTimeoutMs: 10_000, pingIntervalMs: 20_000, maxBufferedBytes: MAX_BUFFERED_BYTES }

/** RFC 6455 §7.4.1: an endpoint is going away, such as a server that goes down. */
const GOING_AWAY = 1001

/** A device says what it is, and each attempt that it has; an API server says its token. Bytes. */
const LONGEST_GREETING = { device: MAX_MESSAGE_BYTES, api: 64 * 1024 } as const

/** How long a request may take to come in, milliseconds: one for a page is one small packet. */
const REQUEST_MS = 15_000

/** Connections on which nothing was asked yet: who joins, or comes back, asks at once. */
const MOST_WAITING = 500

/** How long a stopping server waits for its devices to answer the close, and for downloads to end. */
const CLOSE_GRACE_MS = 1500

const listen = (server: Server, { host, port }: { host: string; port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/**
 * Starts to listen for devices.
 * @throws the error of `listen` as it is (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`)
 */
export const startLinkServer = async (options: LinkServerOptions): Promise<LinkServer> => {
  const { gate, maxConnections, certificate, log } = options
  const limits = { ...usualLimits, ...options.limits }
  const fingerprint = certificate && fingerprintOf(new X509Certificate(certificate.cert))
  const pages = joinPages({ ...options.pages, fingerprint, log })
  const http = createListener((request, response) => {
    if (!serveFile(request, response)) pages(request, response)
  }, certificate)
  const upgraded = boundWaiting(http, MOST_WAITING)
  const serveFile = createFileDoor({
    gate: options.fileGate ?? (() => undefined),
    door: options.door,
    lift: boundRequests(http, REQUEST_MS),
    limits: options.limits?.files ?? {},
    log,
  })
  // Whoever serves the request bids it go on, or answers at once.
  http.on('checkContinue', (request, response) => http.emit('request', request, response))
  const greetings = createGreetings()
  const sockets = new WebSocketServer({
    noServer: true,
    // Compression costs 300 KB a link, and the largest messages are outputs that are sent once.
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // Who offers none of them has been refused before.
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  })
  const apiSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLUSTER_MESSAGE_BYTES,
    handleProtocols: () => CLUSTER_SUBPROTOCOL,
  })
  const open = new Map<WebSocket, DeviceConnection>()
  const apis = new Set<ReturnType<typeof serveApi>>()
  let closing: Promise<void> | undefined

  const dismiss = (socket: WebSocket, code: number, reason: string) => {
    socket.on('error', (error) => log.debug({ err: error }, 'link failed'))
    const giveUp = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS)
    socket.once('close', () => clearTimeout(giveUp))
    socket.close(code, reason)
  }

  const connect = (socket: WebSocket, request: IncomingMessage) => {
    const address = plainAddress(request.socket.remoteAddress)
    if (closing !== undefined) {
      dismiss(socket, GOING_AWAY, 'going away')
      return
    }
    // Who has not been let in makes room for the next: else strangers could keep the devices out.
    if (open.size >= maxConnections() && !greetings.endLongest()) {
      log.warn({ address, connections: open.size }, 'link refused: the node is full')
      dismiss(socket, closeCodes.full, 'the node has as many links as it may')
      return
    }
    const onWelcome = greetings.begin(socket, request.socket, LONGEST_GREETING.device)
    socket.once('close', () => open.delete(socket))
    open.set(socket, connectDevice({ socket, transport: request.socket, address, gate, limits, onWelcome, log }))
  }

  const connectApi = (socket: WebSocket, request: IncomingMessage) => {
    const { door } = options
    if (closing !== undefined || door === undefined) {
      dismiss(socket, GOING_AWAY, 'no API server is served here')
      return
    }
    const address = plainAddress(request.socket.remoteAddress)
    const onWelcome = greetings.begin(socket, request.socket, LONGEST_GREETING.api)
    const api = serveApi({ socket, transport: request.socket, address, door, limits, onWelcome, log })
    apis.add(api)
    socket.once('close', () => apis.delete(api))
  }

  http.on('upgrade', (request: IncomingMessage, transport: Duplex, head: Buffer) => {
    transport.on('error', (error) => log.debug({ err: error }, 'a handshake failed'))
    upgraded(request.socket)
    const refusal = refusalOf(request)
    if (refusal !== undefined) refuse(transport, refusal)
    else if (pathOf(request) === CLUSTER_PATH)
      apiSockets.handleUpgrade(request, transport, head, (socket) => connectApi(socket, request))
    else sockets.handleUpgrade(request, transport, head, (socket) => connect(socket, request))
  })

  // Every TCP connection, whatever has become of it: at the end none may hold the server open.
  const transports = new Set<Socket>()
  http.on('connection', (transport: Socket) => {
    transports.add(transport)
    transport.once('close', () => transports.delete(transport))
  })

  const close = async () => {
    // Links too, not only their sockets: when this resolves, every session has been told of its end.
    const ended = [...open.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    ended.push(new Promise((resolve) => http.close(resolve)))
    for (const connection of [...open.values(), ...apis]) connection.close(GOING_AWAY, 'going away')
    const deadline = setTimeout(() => {
      for (const transport of transports) transport.destroy()
    }, CLOSE_GRACE_MS)
    await Promise.all(ended)
    clearTimeout(deadline)
  }

  const port = await listen(http, options)
  return { port, fingerprint, connections: () => open.size, close: () => (closing ??= close()) }
}
