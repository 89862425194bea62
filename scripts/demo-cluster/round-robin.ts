/** A round-robin proxy for HTTP before the nodes of one cluster, on loopback: each request goes to the next node that can be dialled. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that listens. */
export interface RoundRobin {
  readonly port: number
  close(): Promise<void>
}

/** Of one connection, and not passed on (RFC 9110 §7.6.1); how a body ends is: it goes on as it came. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive'])

/** Headers as they stand on the wire, name and value in turns. */
const passedOn = (raw: readonly string[]): string[] =>
  raw.filter((_, index) => !OF_THE_CONNECTION.has((raw[index - (index % 2)] ?? '').toLowerCase()))

/** Opens one before nodes whose APIs listen at these ports of this machine. Port 0 picks a free one. */
export const openRoundRobin = async (ports: readonly number[], port = 0): Promise<RoundRobin> => {
  let next = 0

  /** Tries each node once. What was sent to one that dies is sent to no other: it may have been done. */
  const pass = (received: IncomingMessage, response: ServerResponse, left = ports.length) => {
    const target = ports[next++ % ports.length]
    if (left === 0 || target === undefined) {
      response.destroy()
      return
    }
    let isConnected = false
    const { method, url } = received
    const sent = request({
      // A connection for each request: one that is kept may be dead already, which is seen when something was sent.
      ...{ host: '127.0.0.1', port: target, agent: false },
      ...{ method, path: url, headers: passedOn(received.rawHeaders) },
    })
    sent.once('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true
        // Some answers come before the body, and instead of it.
        sent.flushHeaders()
        received.pipe(sent)
      }),
    )
    sent.once('response', (answer) => {
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 502, passedOn(answer.rawHeaders))
      response.flushHeaders()
      answer.pipe(response)
      answer.once('error', () => response.destroy())
    })
    sent.on('error', () => {
      if (isConnected) response.destroy()
      else pass(received, response, left - 1)
    })
    response.once('close', () => sent.destroy())
  }

  const server = createServer((received, response) => pass(received, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
