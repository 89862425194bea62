/** A small internet on loopback: public servers, a resolver, and a canary behind every address that is not public. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import type { HttpRequestOptions } from '../../src/worker/executors/http-request.ts'
import { httpRequester } from '../../src/worker/executors/http-request.ts'
import type { Network } from '../../src/worker/http/network.ts'
import { hostileNames } from './hostile-hosts.ts'
import { execution, type Owner } from './world.ts'

/** The address that all public names of the test have. */
export const PUBLIC_ADDRESS = '93.184.216.34'

const listen = async (t: Owner, server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A server on loopback, with the requests that it got. */
export const startServer = async (t: Owner, answer: RequestListener) => {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  t.teardown(() => server.closeAllConnections())
  return { port: await listen(t, server), requests }
}

/** A server that nobody must talk to. */
export const startCanary = async (t: Owner) => {
  const canary = { port: 0, connections: 0, bytes: 0 }
  const server = createTcpServer((socket) => {
    canary.connections += 1
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      canary.bytes += chunk.length
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
    })
  })
  canary.port = await listen(t, server)
  return canary
}

/**
 * The network of the test. `public.example` and `other.example` are public; what {@link PUBLIC_ADDRESS} stands for is the server
 * on `publicPort`, any other address is the canary.
 */
export const playedNetwork = (publicPort: number, canaryPort: number): Network & { readonly lookups: string[] } => {
  const lookups: string[] = []
  const names: Readonly<Record<string, readonly string[]>> = {
    ...hostileNames,
    'public.example': [PUBLIC_ADDRESS],
    'other.example': [PUBLIC_ADDRESS],
  }
  return {
    lookups,
    lookup: (name) => {
      lookups.push(name)
      const addresses = names[name]?.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      return addresses === undefined
        ? Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }))
        : Promise.resolve(addresses)
    },
    connect: ({ host = '', lookup }) => {
      let address = host
      lookup?.(host, { all: true }, (_error, addresses) => {
        if (Array.isArray(addresses)) address = addresses[0]?.address ?? ''
      })
      if (address !== PUBLIC_ADDRESS) return connect(canaryPort, '127.0.0.1')
      return Object.defineProperty(connect(publicPort, '127.0.0.1'), 'remoteAddress', { value: PUBLIC_ADDRESS })
    },
    ownNetworks: () => ['198.51.100.0/24', '2001:db8:1::/64'],
  }
}

/** Runs `http_request`. */
export const request = (
  payload: Parameters<ReturnType<typeof httpRequester>>[0],
  options: Partial<HttpRequestOptions>,
) => httpRequester({ allow: [], ...options })(payload, execution().context)
