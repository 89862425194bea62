/** Connections on which nothing is being asked: bounded, so that whoever opens thousands of them costs little and shuts nobody out. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** More than any household has. Each costs about 12 KB (measured on Node 24), one in a TLS handshake some more. */
const MOST_WAITING = 2000

/** The other end of a connection. Under TLS a request comes by another socket than its connection, from the same end. */
const clientOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`

/**
 * Closes the connection that has waited longest for a request to be complete, whenever more than `most` wait: the first one of
 * a client, or the next one. An honest client asks at once, and one that kept a connection in store opens another.
 * @returns what tells that a connection has been upgraded, and counts no more
 */
export const boundWaiting = (server: Server, most = MOST_WAITING): ((socket: Socket) => void) => {
  const open = new Map<string, Socket>()
  // A set keeps the order of insertion: the first is the one that has waited longest.
  const waiting = new Set<string>()
  /** Requests that are under way; with pipelining there may be several. */
  const asked = new Map<string, number>()

  const wait = (client: string) => {
    waiting.add(client)
    const [longest] = waiting
    if (longest === undefined || waiting.size <= most) return
    waiting.delete(longest)
    open.get(longest)?.destroy()
  }

  // Before TLS speaks: a handshake that is never finished is waiting too.
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket)
    open.set(client, socket)
    wait(client)
    socket.once('close', () => {
      // Its port may be another connection's by now.
      if (open.get(client) !== socket) return
      open.delete(client)
      waiting.delete(client)
      asked.delete(client)
    })
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const client = clientOf(socket)
    asked.set(client, (asked.get(client) ?? 0) + 1)
    waiting.delete(client)
    response.once('close', () => {
      if (!open.has(client)) return
      const left = (asked.get(client) ?? 1) - 1
      asked.set(client, left)
      if (left === 0) wait(client)
    })
  })
  return (socket) => void waiting.delete(clientOf(socket))
}
