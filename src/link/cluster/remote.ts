/** A cluster whose node runs elsewhere: the `Cluster` interface over the link, for an API server of its own. */
import type { WebSocket } from 'ws'
import { clusterMethods, CLUSTER_SUBPROTOCOL, MAX_CLUSTER_MESSAGE_BYTES } from '../../../schemas/cluster-link.ts'
import type { MonitorEvent } from '../../../schemas/event.ts'
import { closeCodes } from '../../../schemas/link.ts'
import type { Cluster, EventPage, StreamEvent } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { createActing } from '../../cluster/ports/acting.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { backoffMs } from '../client/backoff.ts'
import { openSocket, reasonOf } from '../client/open-socket.ts'
import { WrongKey } from '../pinned-request.ts'
import { CLUSTER_PATH } from '../server/handshake.ts'
import type { PrintedToken } from '../token.ts'
import { createPeer } from '../rpc.ts'
import { RpcError } from '../rpc-errors.ts'
import type { Peer } from '../rpc-types.ts'
import { watchSilence } from '../silence.ts'
import { clusterOf, type OperationName } from './operations.ts'
import { remoteFiles } from './remote-files.ts'

type ApiPeer = Peer<typeof clusterMethods, 'api'>

/** What speaks for a node elsewhere needs. */
export type RemoteOptions = {
  readonly host: string
  readonly port: number
  /** The cluster token, and the key of the node; undefined: nothing is dialled, and every operation says what is missing. */
  readonly token: PrintedToken | undefined
  readonly version: string
  readonly log: Log
  /** Random, in [0, 1). */
  readonly share?: () => number
}

/** A cluster elsewhere. */
export interface RemoteCluster {
  readonly cluster: Cluster
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
const RETRY_AFTER_SECONDS = 2
const CATCH_UP = 500
/** A node that comes back should be seen soon. */
const LONGEST_DELAY_MS = 2500

const unavailable = (reason: string) =>
  new ClusterError('CLUSTER_UNAVAILABLE', { reason, retry_after_seconds: RETRY_AFTER_SECONDS })

/** Connects to a node, and again whenever the connection is lost. Operations fail with `CLUSTER_UNAVAILABLE` meanwhile. */
export const connectCluster = (options: RemoteOptions): RemoteCluster => {
  const { host, port, token, log, share = Math.random } = options
  const listeners = new Set<(event: StreamEvent) => void>()
  const acting = createActing()
  const removalListeners = new Set<(key_id: string | null) => void>()
  const reached = Promise.withResolvers<undefined>()
  let peer: ApiPeer | undefined
  let away: { reason: string; since_ms: number } | undefined = { reason: 'not connected yet', since_ms: Date.now() }
  let failures = 0
  let isClosed = false
  let retry: NodeJS.Timeout | undefined
  let socket: WebSocket | undefined
  /** The last event that the listeners had; undefined before the first connection. */
  let lastId: string | undefined
  let lastSequence = -1

  const spread = (event: StreamEvent) => {
    const isTelemetry = event.id.split('.').length === 3
    // What the page of a catch-up has already brought comes once more as it happens.
    if (!isTelemetry && event.sequence <= lastSequence) return
    if (!isTelemetry) {
      lastId = event.id
      lastSequence = event.sequence
    }
    for (const listener of listeners) listener(event)
  }

  const tellRemoved = (key_id: string | null) => {
    for (const listener of removalListeners) listener(key_id)
  }

  const lost = (reason: string) => {
    peer = undefined
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

  /** Brings the listeners what happened while the connection was lost, page by page, before anything newer. */
  const catchUp = async (speaker: ApiPeer, held: StreamEvent[]) => {
    for (let more = true; more;) {
      const page = (await call(speaker, 'events.after', { id: lastId ?? null, limit: CATCH_UP })) as EventPage
      if (page.reset !== null) {
        const event: MonitorEvent = { type: 'stream_reset', timestamp: new Date().toISOString(), reason: page.reset }
        lastSequence = -1
        spread({ id: page.last.id, sequence: page.last.sequence, event })
      } else if (lastId === undefined) {
        lastId = page.last.id
        lastSequence = page.last.sequence
      }
      for (const event of page.events) spread(event)
      more = page.more
    }
    for (const event of held) spread(event)
    held.length = 0
  }

  const greet = async (speaker: ApiPeer, held: StreamEvent[], ready: () => void) => {
    await speaker.request(
      'cluster.hello',
      { cluster_token: token?.token ?? '', version: options.version },
      CONNECT_TIMEOUT_MS,
    )
    await speaker.request('cluster.listen', {}, CONNECT_TIMEOUT_MS)
    await catchUp(speaker, held)
    ready()
    peer = speaker
    away = undefined
    failures = 0
    reached.resolve(undefined)
    // While the connection was lost, keys may have been removed.
    tellRemoved(null)
    log.info({ host, port }, 'connected to the cluster node')
  }

  const speak = (own: WebSocket, transport: Parameters<typeof watchSilence>[0]['transport']) => {
    const held: StreamEvent[] = []
    let isLive = false
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
      handlers: {
        'cluster.event': (event) => {
          if (isLive) spread(event as StreamEvent)
          else held.push(event as StreamEvent)
        },
        'cluster.key_removed': ({ key_id }) => tellRemoved(key_id),
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
    greet(speaker, held, () => (isLive = true)).catch((error: unknown) => {
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
        if (!(error instanceof RpcError) || (error.failure !== 'closed' && error.failure !== 'timeout')) throw error
        throw unavailable(error.message)
      }
    },
    {
      listen: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
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
    reached: reached.promise,
    close: () => {
      isClosed = true
      clearTimeout(retry)
      socket?.terminate()
    },
  }
}
