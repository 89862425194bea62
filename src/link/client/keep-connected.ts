/** A worker's connection to its node, or to one of several: made, and made again for as long as the worker lives. */
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import {
  closeCodes,
  type HelloParams,
  type HelloResult,
  type linkMethods,
  type ParamsOf,
  type ResultOf,
} from '../../../schemas/link.ts'
import { ClusterError } from '../../cluster/errors.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { RpcError } from '../rpc-errors.ts'
import type { Handlers, LinkEnd, Notifications, Requests } from '../rpc-types.ts'
import { LONGEST_DELAY_MS, longestDelayMs, retryMs } from './backoff.ts'
import { dial, type DevicePeer, type DialEnd, type Dialled, type DialLimits } from './dial.ts'
import type { WrongKey } from '../pinned-request.ts'
import type { NodeEndpoint } from './open-socket.ts'
import type { Whereabouts } from './whereabouts.ts'

export { ClusterError } from '../../cluster/errors.ts'
export { RpcError } from '../rpc-errors.ts'
export { WrongKey } from '../pinned-request.ts'
export type { NodeEndpoint } from './open-socket.ts'
export { fixedAt, type Whereabouts } from './whereabouts.ts'

/** What the node may ask of a worker; pings are answered here, and what it tells of nodes is taken. */
export type NodeHandlers = Omit<Handlers<typeof linkMethods, 'node'>, 'device.ping' | 'nodes.changed'>
/** What a worker tells its node. */
export type DeviceNotification = Notifications<typeof linkMethods, 'device'>
/** What a worker asks of its node; the hello is said here. */
export type DeviceRequest = Exclude<Requests<typeof linkMethods, 'device'>, 'device.hello'>

/** How long things may take, seen from the worker. */
export type ConnectionLimits = DialLimits & {
  /** Milliseconds that the node has to answer the hello: it writes to its disk first. */
  readonly helloTimeoutMs: number
}

/** What a lasting connection needs. */
export type ConnectOptions = {
  readonly node: Whereabouts
  /** Makes the first message, afresh for each connection. A rejection is logged, and the hello tried again. */
  readonly hello: () => Promise<HelloParams>
  /** Called at each connection, before any handler; from then on `notify` and `request` reach the node. */
  readonly onWelcome: (welcome: HelloResult) => void
  /** Called when the node has told of other nodes than at its welcome. */
  readonly onNodes?: (() => void) | undefined
  /**
   * Called once, where the node refuses this device for good (see its `code` and `details.reason`), or where what answers
   * before the first welcome is not the node, and a device that has not joined may be told a wrong one: no further attempt is made.
   */
  readonly onRefused: (refusal: ClusterError | WrongKey) => void
  /** Called when a connection on which the device was welcome has been lost. */
  readonly onDisconnected?: () => void
  readonly handlers: NodeHandlers
  readonly log: Log
  /** Other limits than the usual ones. */
  readonly limits?: Partial<ConnectionLimits>
}

/** A lasting connection to a node. */
export interface NodeConnection {
  /** Whether the node has welcomed this device on a connection that is open. */
  connected(): boolean
  /** Tells the node something. False where it was dropped: not connected. */
  notify<M extends DeviceNotification>(method: M, params: ParamsOf<M>): boolean
  /**
   * Asks the node something.
   * @throws ClusterError as the node threw it
   * @throws RpcError `closed` where not connected, or not until the answer; `timeout`; `unknown` where the node is older than
   *   the method; `invalid` or `too_large` where the message cannot be sent at all, and not later either
   */
  request<M extends DeviceRequest>(method: M, params: ParamsOf<M>, timeoutMs: number): Promise<ResultOf<M>>
  /** Makes the connection anew, so that the node hears a new hello. Nothing happens where there is none. */
  renew(): void
  /** Ends it; with a goodbye the node takes the device for offline at once. Resolves when the connection has ended, within 2 s. */
  close(goodbye?: ParamsOf<'device.goodbye'>): Promise<void>
}

const usualLimits: ConnectionLimits = {
  handshakeTimeoutMs: 10_000,
  helloTimeoutMs: 30_000,
  silenceMs: 60_000,
}

/** RFC 6455 §7.4.1: the purpose of the connection is fulfilled. */
const NORMAL = 1000

const isRefusal = (error: unknown): error is ClusterError =>
  error instanceof ClusterError && (error.code === 'AUTHENTICATION_REQUIRED' || error.code === 'PERMISSION_DENIED')

/** The refusal that a close code stands for; undefined where the connection may be made again. */
const refusalBy = ({ by, code, reason }: LinkEnd): ClusterError | undefined => {
  if (by === 'local') return undefined
  if (code === closeCodes.refused) return new ClusterError('AUTHENTICATION_REQUIRED', { reason })
  if (code === closeCodes.removed) return new ClusterError('PERMISSION_DENIED', { reason })
  return undefined
}

/** Ends by a node that is there, and that the device comes back to. */
const comingBack: readonly number[] = [closeCodes.approved, closeCodes.silent, closeCodes.replaced, closeCodes.moved]

/** True where a connection ended that is to be made anew with the same node: so the node wants it, or the device by itself. */
const comesBack = ({ by, code }: LinkEnd): boolean => (by === 'local' ? code === NORMAL : comingBack.includes(code))

const endpointOf = ({ host, port, fingerprint }: ClusterNode): NodeEndpoint => ({
  host,
  port,
  fingerprint: fingerprint ?? undefined,
})

/**
 * Connects to a node and stays connected: whenever the connection is lost, it is made again, with another node where there are
 * several, and after a delay that grows with every failure in a row. A connection that was shorter than the longest delay counts
 * as a failure too, so that a node which welcomes a device and drops it again is not hammered.
 */
export const keepConnected = (options: ConnectOptions): NodeConnection => {
  const { node, handlers, log } = options
  const limits = { ...usualLimits, ...options.limits }
  let longestMs = LONGEST_DELAY_MS
  let failures = 0
  let stopped = false
  let wasWelcome = false
  let welcomed: { readonly peer: DevicePeer; readonly sinceMs: number } | undefined
  let retry: NodeJS.Timeout | undefined
  let dialled: Dialled | undefined

  const connect = () => {
    const endpoint = node.endpoint()
    const { host, port } = endpoint
    let isReached = false
    let refusal: ClusterError | undefined
    // What the node says may overtake its welcome, which comes out of a promise: it waits its turn.
    let held: (() => void)[] | undefined = []
    const inTurn = (deliver: () => void) => {
      if (held === undefined) deliver()
      else held.push(deliver)
    }

    const welcome = (peer: DevicePeer, result: HelloResult) => {
      welcomed = { peer, sinceMs: performance.now() }
      wasWelcome = true
      longestMs = longestDelayMs(result.settings)
      node.met(endpoint)
      if (result.nodes !== undefined) node.told(result.nodes.map(endpointOf))
      log.info({ host, port, device_id: result.device_id }, 'connected to the node')
      options.onWelcome(result)
      const waiting = held ?? []
      held = undefined
      for (const deliver of waiting) deliver()
    }

    const greet = async (peer: DevicePeer) => {
      let result: HelloResult
      try {
        result = await peer.request('device.hello', await options.hello(), limits.helloTimeoutMs)
      } catch (error) {
        if (isRefusal(error)) refusal = error
        else log.error({ err: error }, 'the hello failed')
        peer.close(NORMAL, 'the hello failed')
        return
      }
      welcome(peer, result)
    }

    dialled = dial({
      endpoint,
      limits,
      log,
      handlers: {
        'device.ping': () => ({}),
        'task.run': (run) => inTurn(() => handlers['task.run'](run)),
        'task.cancel': (cancel) => inTurn(() => handlers['task.cancel'](cancel)),
        'config.changed': (changed) =>
          inTurn(() => {
            longestMs = longestDelayMs(changed)
            handlers['config.changed'](changed)
          }),
        'nodes.changed': ({ nodes }) =>
          inTurn(() => {
            node.told(nodes.map(endpointOf))
            options.onNodes?.()
          }),
      },
      onOpen: (peer) => {
        isReached = true
        void greet(peer)
      },
    })
    void dialled.ended.then((end) => {
      if (!isReached && !stopped) node.missed(end.wrongKey)
      disconnected(endpoint, end, refusal ?? refusalBy(end) ?? mistakenBy(end))
    })
  }

  /** Once it was welcome, a device goes on trying: somebody on the way shall not be able to end it. */
  const mistakenBy = ({ wrongKey }: DialEnd): WrongKey | undefined =>
    wasWelcome || node.mayHaveMoved() ? undefined : wrongKey

  const disconnected = (endpoint: NodeEndpoint, end: DialEnd, refusal: ClusterError | WrongKey | undefined) => {
    const { host, port } = endpoint
    const lastedMs = welcomed === undefined ? 0 : performance.now() - welcomed.sinceMs
    const wasConnected = welcomed !== undefined
    welcomed = undefined
    if (stopped) return
    if (refusal !== undefined) {
      stopped = true
      node.close()
      const fields =
        refusal instanceof ClusterError
          ? { code: refusal.code, reason: refusal.details.reason }
          : { reason: refusal.message }
      log.error({ host, port, ...fields }, 'not let in')
      options.onRefused(refusal)
      return
    }
    if (wasConnected) options.onDisconnected?.()
    if (lastedMs >= longestMs) failures = 0
    if (!wasConnected || !comesBack(end)) node.left(endpoint)
    const delayMs = retryMs({ failures, nodes: node.count(), longestMs }, Math.random())
    const fields = { host, port, code: end.code, reason: end.reason, retry_in_ms: Math.round(delayMs) }
    // One line for an outage, however long.
    log[wasConnected || failures === 0 ? 'warn' : 'debug'](fields, 'no connection to the node; trying again')
    failures += 1
    retry = setTimeout(connect, delayMs)
  }

  connect()
  return {
    connected: () => welcomed !== undefined,
    notify: (method, params) => welcomed?.peer.notify(method, params) ?? false,
    request: (method, params, timeoutMs) =>
      welcomed?.peer.request(method, params, timeoutMs) ??
      Promise.reject(new RpcError('closed', 'not connected to the node')),
    renew: () => welcomed?.peer.close(NORMAL, 'a new hello follows'),
    close: async (goodbye) => {
      stopped = true
      clearTimeout(retry)
      node.close()
      if (welcomed === undefined) dialled?.abort()
      else {
        if (goodbye !== undefined) welcomed.peer.notify('device.goodbye', goodbye)
        welcomed.peer.close(NORMAL, 'goodbye')
      }
      await dialled?.ended
    },
  }
}
