/** How long a request may take to come in. Node has one bound for all requests of a server; a file takes as long as it takes. */
import type { IncomingMessage, Server } from 'node:http'

/**
 * Closes the connection of a request that has not come in whole within `ms`.
 * @returns what lifts the bound for one of them
 */
export const boundRequests = (server: Server, ms: number): ((request: IncomingMessage) => void) => {
  const bounds = new WeakMap<IncomingMessage, NodeJS.Timeout>()
  const lift = (request: IncomingMessage) => clearTimeout(bounds.get(request))
  // First: who serves the request may lift it at once.
  server.prependListener('request', (request: IncomingMessage) => {
    const late = setTimeout(() => {
      if (!request.complete) request.socket.destroy()
    }, ms)
    bounds.set(request, late)
    request.once('close', () => clearTimeout(late))
  })
  return lift
}
