/** The world of the link's tests: a real server on a free port, a gate that notes what it is told, and raw clients. */
import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { CLUSTER_SUBPROTOCOL } from '../../schemas/cluster-link.ts'
import { type HelloParams, type HelloResult, type RpcMessage, SUBPROTOCOL } from '../../schemas/link.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from '../../src/cluster/ports/link.ts'
import type { Log } from '../../src/cluster/ports/log.ts'
import { RpcError } from '../../src/link/rpc-errors.ts'
import { type LinkServerOptions, startLinkServer } from '../../src/link/server/server.ts'

/** A log that keeps nothing. */
export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** Waits until a condition holds; fails the test after 30 seconds: it may not be given the processor for a while. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** How a request of a link failed: the `failure` of its `RpcError`. */
export const failureOf = async (request: Promise<unknown> | undefined): Promise<string> => {
  try {
    await request
  } catch (error) {
    return error instanceof RpcError ? error.failure : String(error)
  }
  return 'it was answered'
}

/** A hello that meets its schema. */
export const hello = (more: Partial<HelloParams> = {}): HelloParams => ({
  device_id: 'android-001',
  credential: 'c'.repeat(43),
  session: null,
  join_token: 'token',
  role: 'mobile',
  tags: [],
  profile: {
    hostname: 'pixel-phone',
    platform: { os: 'android', os_version: null, arch: 'aarch64', python_version: null, node_version: '24.0.0' },
    cpu_cores: 8,
    memory_total_gb: 8,
    model: null,
    cpu_model: null,
    capabilities: [],
    network_interfaces: ['wlan0'],
    sensors: [],
    worker_version: '0.1.0',
  },
  telemetry,
  offer: { slots: 2, task_types: ['echo'], allow: [], custom_types: [] },
  running: [],
  finished: [],
  ...more,
})

/** Telemetry of a device that tells nothing. */
export const telemetry = {
  cpu_usage: null,
  memory_used_gb: null,
  storage_total_gb: null,
  storage_used_gb: null,
  network_rx_bytes_per_second: null,
  network_tx_bytes_per_second: null,
  load_average_1m: null,
  temperature_celsius: null,
  battery: null,
  metered: null,
  uptime_seconds: null,
}

/** A welcome that meets its schema. */
export const welcome: HelloResult = {
  device_id: 'android-001',
  session: 'session',
  approved: true,
  cluster_version: '0.1.0',
  settings: { heartbeat_interval: 60, offline_threshold: 300, reconnect_grace: 30 },
  abandon: [],
  printed: [],
}

/** A task to run. */
export const run = { task_id: 'task-1', epoch: 1, attempt: 1, task_type: 'echo', payload: {}, timeout_seconds: 60 }

/** The end of a task. */
export const finished = {
  task_id: 'task-1',
  epoch: 1,
  attempt: 1,
  outcome: 'completed' as const,
  result: { output: 'hi', exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 2 },
  error: null,
  execution_time_seconds: 0.1,
  resource_usage: null,
}

/** What a gate noted of one connection. */
export type Visit = {
  readonly link: DeviceLink
  readonly calls: [method: string, params?: unknown][]
  closedBy?: string
}

/** A gate that lets everybody in, and notes what they say. `session` replaces what a session does. */
export const fakeGate = (session: Partial<DeviceSession> = {}): DeviceGate & { readonly visits: Visit[] } => {
  const visits: Visit[] = []
  return {
    visits,
    connect: (link) => {
      const visit: Visit = { link, calls: [] }
      visits.push(visit)
      const note = (method: string, params?: unknown) => void visit.calls.push([method, params])
      return {
        hello: (params) => {
          note('hello', params)
          return session.hello?.(params) ?? Promise.resolve(welcome)
        },
        profile: (profile) => note('profile', profile),
        heartbeat: (told) => note('heartbeat', told),
        offer: (offer) => {
          note('offer', offer)
          return Promise.resolve({})
        },
        started: (attempt) => note('started', attempt),
        output: (output) => note('output', output),
        progress: (report) => note('progress', report),
        finished: (end) => {
          note('finished', end)
          return session.finished?.(end) ?? Promise.resolve({})
        },
        goodbye: () => note('goodbye'),
        closed: (by) => {
          visit.closedBy = by
        },
      }
    },
  }
}

/** Starts a link server that ends with the test. */
export const startServer = async (t: Test, options: Partial<LinkServerOptions> = {}) => {
  const server = await startLinkServer({
    host: '127.0.0.1',
    port: 0,
    gate: fakeGate(),
    maxConnections: () => 100,
    pages: {
      workerBundle: () => Promise.resolve(Buffer.from('console.log("worker")\n')),
      hostNames: ['nas.local'],
    },
    log: silent,
    ...options,
  })
  t.teardown(() => server.close())
  return server
}

/** A device that speaks JSON by hand; or an API server. */
export const rawDevice = async (t: Test, port: number, path: '/link' | '/cluster' = '/link') => {
  const subprotocol = path === '/link' ? SUBPROTOCOL : CLUSTER_SUBPROTOCOL
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [subprotocol])
  const received: RpcMessage[] = []
  let transport: Socket | undefined
  const end: { code?: number; reason?: string } = {}
  socket.once('upgrade', (response) => (transport = response.socket))
  socket.on('message', (frame: Buffer) => received.push(JSON.parse(frame.toString()) as RpcMessage))
  socket.on('close', (code, reason) => Object.assign(end, { code, reason: reason.toString() }))
  socket.on('error', () => undefined)
  t.teardown(() => socket.terminate())
  await once(socket, 'open')
  const send = (message: object) => socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }))
  return {
    socket,
    received,
    end,
    send,
    transport: transport as unknown as Socket,
    greet: async () => {
      send({ id: 1, method: 'device.hello', params: hello() })
      await until('the welcome', () => received.length > 0)
      return received[0]
    },
    ended: () => until('the end of the link', () => end.code !== undefined),
  }
}

/**
 * A TCP proxy in front of a port, which can stop to forward while all connections stay open, and from then on come from another
 * address of this machine.
 */
export const freezableProxy = async (t: Test, port: number) => {
  const sockets = new Set<Socket>()
  let frozen = false
  let localAddress = '127.0.0.1'
  const proxy = createServer((inner) => {
    const outer = createConnection({ port, host: '127.0.0.1', localAddress })
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => {
        if (!frozen) to.write(bytes)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        if (!frozen) to.destroy()
      })
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  return {
    port: (proxy.address() as AddressInfo).port,
    freeze: () => (frozen = true),
    thaw: () => (frozen = false),
    moveTo: (address: string) => (localAddress = address),
  }
}
