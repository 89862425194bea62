/** The node's end of the link to an API server elsewhere, or to another node: it lets in who has the cluster token, and does what it asks. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { clusterMethods, MAX_CLUSTER_MESSAGE_BYTES } from '../../../schemas/cluster-link.ts'
import { closeCodes } from '../../../schemas/link.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import type { Count } from '../../cluster/ports/counting.ts'
import type { DeviceGate } from '../../cluster/ports/link.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { createPeer } from '../rpc.ts'
import { BadMessage } from '../rpc-errors.ts'
import type { Peer } from '../rpc-types.ts'
import type { LinkLimits } from '../server/device-connection.ts'
import { watchSilence } from '../silence.ts'
import { operationOf } from './operations.ts'
import { serveDevices } from './serve-devices.ts'
import { unavailable } from './unavailable.ts'

/** Requests of an API server or a node that are worked on at a time: most of them wait, for the end of a task or for a device. */
export const MOST_IN_FLIGHT = 20_000

/** What other nodes of the cluster are served from, as long as this one schedules. */
export type Scheduling = {
  readonly cluster: Cluster
  /** Where their devices come in. */
  readonly gate: DeviceGate
  readonly count: Count
  /** Aborted when this node does not schedule any more. */
  readonly ended: AbortSignal
}

/** What API servers elsewhere are served from. */
export type ClusterDoor = {
  readonly cluster: Cluster
  /** With this token an API server is let in. A join token is refused. */
  readonly token: string
  readonly version: string
  /** What other nodes are served from; it returns undefined while this one does not schedule. Absent: there are no others. */
  readonly scheduling?: () => Scheduling | undefined
}

/** One connection of an API server. */
type ApiConnection = {
  readonly socket: WebSocket
  readonly transport: Socket
  readonly address: string
  readonly door: ClusterDoor
  readonly limits: Pick<LinkLimits, 'helloTimeoutMs' | 'pingIntervalMs'>
  /** It has been let in. */
  readonly onWelcome: () => void
  readonly log: Log
}

/** RFC 6455 §7.4.1: an endpoint is going away. */
const GOING_AWAY = 1001

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Whether somebody has the cluster token. */
export const isClusterToken = (door: Pick<ClusterDoor, 'token'>, said: string): boolean =>
  timingSafeEqual(digest(said), digest(door.token))

/** Serves an API server until its connection ends. Returns what ends it. */
export const serveApi = (connection: ApiConnection): { close(code: number, reason: string): void } => {
  const { socket, transport, address, door, limits, log } = connection
  /** What it is served from, once it has been let in. */
  let served: (Pick<Scheduling, 'cluster'> & Partial<Scheduling>) | undefined
  let stopListening: () => void = () => undefined

  const known = () => {
    if (served === undefined) throw new BadMessage('the first message must be cluster.hello')
    return served.cluster
  }
  const devices = serveDevices(
    () => peer,
    () => served?.gate,
  )
  const over = () => peer.close(GOING_AWAY, 'this node does not schedule any more')

  const peer: Peer<typeof clusterMethods, 'node'> = createPeer({
    socket,
    transport,
    methods: clusterMethods,
    local: 'node',
    remote: 'api',
    log,
    maxMessageBytes: MAX_CLUSTER_MESSAGE_BYTES,
    maxBufferedBytes: MAX_CLUSTER_MESSAGE_BYTES,
    maxInFlight: MOST_IN_FLIGHT,
    handlers: {
      ...devices.handlers,
      'cluster.hello': ({ cluster_token, member }) => {
        if (!isClusterToken(door, cluster_token))
          throw new ClusterError('AUTHENTICATION_REQUIRED', {
            reason:
              'the cluster token is not valid; retire-cluster-main keeps it in cluster-token in its data directory',
          })
        // Through one that does not schedule, a node would come to itself in the end.
        served = member === undefined ? { cluster: door.cluster } : door.scheduling?.()
        if (served === undefined) throw unavailable('this node does not schedule')
        served.ended?.addEventListener('abort', over)
        clearTimeout(helloTimer)
        connection.onWelcome()
        log.info({ address, member }, member === undefined ? 'an API server is connected' : 'a node is connected')
        return { version: door.version }
      },
      'cluster.call': async ({ operation, input, deed }) => {
        const cluster = known()
        const found = operationOf(cluster, operation)
        if (found === undefined)
          throw new ClusterError('CLUSTER_UNAVAILABLE', {
            reason: `the node does not know ${operation}; it is of another version`,
          })
        const output = await (deed === undefined ? found(input) : cluster.acting(deed, () => found(input)))
        return output === undefined ? {} : { output }
      },
      'cluster.count': async ({ key, amount, length_ms }) => {
        known()
        const counted = await served?.count?.(key, amount, length_ms)
        if (counted === undefined) throw unavailable('an API server counts by itself')
        return { total: counted.total, left_ms: counted.leftMs }
      },
      'cluster.listen': () => {
        stopListening()
        const { events, keys } = known()
        const ends = [
          events.listen((event) => void peer.notify('cluster.event', event)),
          keys.onRemoved((key_id) => {
            if (key_id !== null) peer.notify('cluster.key_removed', { key_id })
          }),
        ]
        stopListening = () => ends.forEach((end) => end())
        return {}
      },
    },
    onRefusal: (method, error) => {
      if (method === 'cluster.hello' && error instanceof ClusterError)
        peer.close(closeCodes.refused, error.details.reason ?? error.code)
    },
    onEnd: () => {
      stopListening()
      clearTimeout(helloTimer)
      if (served === undefined) return
      served.ended?.removeEventListener('abort', over)
      devices.lost()
      log.info({ address }, served.gate === undefined ? 'an API server is gone' : 'a node is gone')
    },
  })
  const helloTimer = setTimeout(
    () => peer.close(closeCodes.badMessage, 'no cluster.hello in time'),
    limits.helloTimeoutMs,
  )
  watchSilence({
    socket,
    transport,
    intervalMs: limits.pingIntervalMs,
    missedLooks: 2,
    onLook: () => socket.ping(),
    onSilence: () => peer.terminate(),
  })
  return peer
}
