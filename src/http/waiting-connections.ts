/** Connections on which nothing is being asked: bounded, so that whoever opens thousands of them costs little and shuts nobody out. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** More than any household has. Each costs about 12 KB (measured on Node 24). */
const MOST_WAITING = 2000

/**
 * Closes the connection that has waited longest for a request to be complete, whenever more than `most` wait: the first one of
 * a client, or the next one. An honest client asks at once, and one that kept a connection in store opens another.
 */
export const boundWaiting = (server: Server, most = MOST_WAITING): void => {
  // A set keeps the order of insertion: the first is the one that has waited longest.
  const waiting = new Set<Socket>()
  /** Requests that are under way; with pipelining there may be several. */
  const asked = new WeakMap<Socket, number>()

  const wait = (socket: Socket) => {
    waiting.add(socket)
    const [longest] = waiting
    if (longest === undefined || waiting.size <= most) return
    waiting.delete(longest)
    longest.destroy()
  }
  const count = (socket: Socket, by: 1 | -1): number => {
    const left = (asked.get(socket) ?? 0) + by
    asked.set(socket, left)
    return left
  }

  // Of a TLS server, `connection` tells the sockets below those that requests come on.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    wait(socket)
    socket.once('close', () => waiting.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    waiting.delete(socket)
    response.once('close', () => {
      if (count(socket, -1) === 0 && !socket.destroyed) wait(socket)
    })
  })
}
