/** A cluster whose node runs elsewhere: the `Cluster` interface over the link, for an API server of its own. */
import type { WebSocket } from 'ws'
import { clusterMethods, CLUSTER_SUBPROTOCOL, MAX_CLUSTER_MESSAGE_BYTES } from '../../../schemas/cluster-link.ts'
import { closeCodes } from '../../../schemas/link.ts'
import type { Cluster, EventPage, EventSource, StreamEvent } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { createActing } from '../../cluster/ports/acting.ts'
import type { Count } from '../../cluster/ports/counting.ts'
import type { DeviceGate } from '../../cluster/ports/link.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { backoffMs } from '../client/backoff.ts'
import { openSocket, reasonOf } from '../client/open-socket.ts'
import { WrongKey } from '../pinned-request.ts'
import { CLUSTER_PATH } from '../server/handshake.ts'
import type { PrintedToken } from '../token.ts'
import { createPeer } from '../rpc.ts'
import type { Peer } from '../rpc-types.ts'
import { watchSilence } from '../silence.ts'
import { createEventRelay } from './event-relay.ts'
import { clusterOf, type OperationName } from './operations.ts'
import { remoteFiles } from './remote-files.ts'
import { createRemoteGate } from './remote-gate.ts'
import { MOST_IN_FLIGHT } from './serve.ts'
import { meaningOf, unavailable } from './unavailable.ts'

type ApiPeer = Peer<typeof clusterMethods, 'api'>

/** What speaks for a node elsewhere needs. */
export type RemoteOptions = {
  readonly host: string
  readonly port: number
  /** The cluster token, and the key of the node; undefined: nothing is dialled, and every operation says what is missing. */
  readonly token: PrintedToken | undefined
  readonly version: string
  /** The id of this node, where it is one of the same cluster; absent: it is an API server. */
  readonly member?: string
  readonly log: Log
  /** Random, in [0, 1). */
  readonly share?: () => number
}

/** A cluster elsewhere. */
export interface RemoteCluster {
  readonly cluster: Cluster
  /** Where devices come in that are connected here; for a node of the same cluster. */
  readonly gate: DeviceGate
  /** Counts there; for a node of the same cluster. */
  readonly count: Count
  /** Resolves when the node has let this API server in for the first time. */
  readonly reached: Promise<undefined>
  /** Ends the connection for good. */
  close(): void
}

const CONNECT_TIMEOUT_MS = 10_000
const LOOK_INTERVAL_MS = 20_000
const MISSED_LOOKS = 3
/** A node on the same network answers in milliseconds; what takes longer waits on purpose (`wait`, pings). */
const CALL_TIMEOUT_MS = 30_000
/** The longest that an operation waits on purpose: `wait` of 60 s, or 20 pings of 30 s each. */
const LONGEST_WAIT_MS = 600_000
/** A node that comes back should be seen soon. */
const LONGEST_DELAY_MS = 2500

/** Connects to a node, and again whenever the connection is lost. Operations fail with `CLUSTER_UNAVAILABLE` meanwhile. */
export const connectCluster = (options: RemoteOptions): RemoteCluster => {
  const { host, port, token, log, share = Math.random } = options
  const relay = createEventRelay()
  const acting = createActing()
  const removalListeners = new Set<(key_id: string | null) => void>()
  const reached = Promise.withResolvers<undefined>()
  let peer: ApiPeer | undefined
  let away: { reason: string; since_ms: number } | undefined = { reason: 'not connected yet', since_ms: Date.now() }
  let failures = 0
  let isClosed = false
  let retry: NodeJS.Timeout | undefined
  let socket: WebSocket | undefined
  const gate = createRemoteGate(() => peer)

  const tellRemoved = (key_id: string | null) => {
    for (const listener of removalListeners) listener(key_id)
  }

  const lost = (reason: string) => {
    peer = undefined
    gate.lost()
    away ??= { reason, since_ms: Date.now() }
    away = { ...away, reason }
    if (isClosed) return
    const delayMs = backoffMs(failures, LONGEST_DELAY_MS, share())
    failures += 1
    retry = setTimeout(connect, delayMs)
  }

  const call = async (speaker: ApiPeer, operation: OperationName, input: unknown): Promise<unknown> => {
    const waits = typeof input === 'object' && input !== null && ('wait' in input || 'count' in input)
    const deed = acting.current()
    const request = {
      operation,
      ...(input === undefined ? {} : { input }),
      ...(deed === undefined ? {} : { deed }),
    }
    const { output } = await speaker.request('cluster.call', request, waits ? LONGEST_WAIT_MS : CALL_TIMEOUT_MS)
    return output
  }

  const greet = async (speaker: ApiPeer, listen: EventSource['listen']) => {
    const { version, member } = options
    await speaker.request(
      'cluster.hello',
      { cluster_token: token?.token ?? '', version, ...(member === undefined ? {} : { member }) },
      CONNECT_TIMEOUT_MS,
    )
    await speaker.request('cluster.listen', {}, CONNECT_TIMEOUT_MS)
    await relay.follow({ listen, after: (input) => call(speaker, 'events.after', input) as Promise<EventPage> })
    peer = speaker
    away = undefined
    failures = 0
    reached.resolve(undefined)
    // While the connection was lost, keys may have been removed.
    tellRemoved(null)
    log.info({ host, port }, 'connected to the cluster node')
  }

  const speak = (own: WebSocket, transport: Parameters<typeof watchSilence>[0]['transport']) => {
    // What comes before somebody listens is on disk, and is read page by page.
    let told: (event: StreamEvent) => void = () => undefined
    let refusal: string | undefined
    const speaker = createPeer({
      socket: own,
      transport,
      methods: clusterMethods,
      local: 'api',
      remote: 'node',
      log,
      maxMessageBytes: MAX_CLUSTER_MESSAGE_BYTES,
      maxBufferedBytes: MAX_CLUSTER_MESSAGE_BYTES,
      maxInFlight: MOST_IN_FLIGHT,
      handlers: {
        'cluster.event': (event) => told(event as StreamEvent),
        'cluster.key_removed': ({ key_id }) => tellRemoved(key_id),
        ...gate.handlers,
      },
      onEnd: ({ code, reason }) => {
        if (code === closeCodes.refused) refusal = reason
        lost(refusal ?? (reason || 'the connection to the node was lost'))
      },
    })
    watchSilence({
      socket: own,
      transport,
      intervalMs: LOOK_INTERVAL_MS,
      missedLooks: MISSED_LOOKS,
      onSilence: () => speaker.terminate(),
    })
    const listen: EventSource['listen'] = (listener) => {
      told = listener
      return () => (told = () => undefined)
    }
    greet(speaker, listen).catch((error: unknown) => {
      if (error instanceof ClusterError) refusal = error.details.reason ?? error.code
      log.warn({ err: error, host, port }, 'the cluster node did not let this API server in')
      own.terminate()
    })
  }

  const connect = () => {
    const endpoint = { host, port, fingerprint: token?.fingerprint }
    const own = openSocket(endpoint, CLUSTER_PATH, [CLUSTER_SUBPROTOCOL], {
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: MAX_CLUSTER_MESSAGE_BYTES,
    })
    socket = own
    let transport: Parameters<typeof watchSilence>[0]['transport'] | undefined
    const failed = (error: Error) => {
      own.on('error', () => undefined)
      own.terminate()
      lost(error instanceof WrongKey ? error.message : `${host}:${port} does not answer (${reasonOf(error)})`)
    }
    own.once('upgrade', (response) => (transport = response.socket))
    own.once('error', failed)
    own.once('open', () => {
      own.off('error', failed)
      if (transport !== undefined) speak(own, transport)
    })
  }

  const transfers = remoteFiles({ host, port, token, deed: () => acting.current(), unavailable })
  const cluster = clusterOf(
    async (operation, input) => {
      if (peer === undefined) throw unavailable(away?.reason ?? 'not connected')
      try {
        return await call(peer, operation, input)
      } catch (error) {
        throw meaningOf(error)
      }
    },
    {
      listen: relay.listen,
      onRemoved: (listener) => {
        removalListeners.add(listener)
        return () => removalListeners.delete(listener)
      },
      transfers,
      acting: (deed, work) => acting.run(deed, work),
      reachability: () => (away === undefined ? { reachable: true } : { reachable: false, ...away }),
    },
  )

  if (token === undefined)
    away = { reason: 'no --cluster-token was given; retire-cluster-main prints it', since_ms: Date.now() }
  else connect()

  return {
    cluster,
    gate,
    count: async (key, amount, lengthMs) => {
      if (peer === undefined) throw unavailable(away?.reason ?? 'not connected')
      const asked = { key, amount, length_ms: lengthMs }
      const { total, left_ms } = await peer.request('cluster.count', asked, CALL_TIMEOUT_MS)
      return { total, leftMs: left_ms }
    },
    reached: reached.promise,
    close: () => {
      isClosed = true
      clearTimeout(retry)
      socket?.terminate()
    },
  }
}
