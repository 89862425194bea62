/** The node's end of the link to an API server elsewhere: it lets in who has the cluster token, and does what it asks. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { clusterMethods, MAX_CLUSTER_MESSAGE_BYTES } from '../../../schemas/cluster-link.ts'
import { closeCodes } from '../../../schemas/link.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { createPeer } from '../rpc.ts'
import { BadMessage } from '../rpc-errors.ts'
import type { LinkLimits } from '../server/device-connection.ts'
import { watchSilence } from '../silence.ts'
import { operationOf } from './operations.ts'

/** What API servers elsewhere are served from. */
export type ClusterDoor = {
  readonly cluster: Cluster
  /** With this token an API server is let in. A join token is refused. */
  readonly token: string
  readonly version: string
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

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Whether somebody has the cluster token. */
export const isClusterToken = (door: Pick<ClusterDoor, 'token'>, said: string): boolean =>
  timingSafeEqual(digest(said), digest(door.token))

/** Serves an API server until its connection ends. Returns what ends it. */
export const serveApi = (connection: ApiConnection): { close(code: number, reason: string): void } => {
  const { socket, transport, address, door, limits, log } = connection
  let isKnown = false
  let stopListening: () => void = () => undefined

  const known = () => {
    if (!isKnown) throw new BadMessage('the first message must be cluster.hello')
    return door.cluster
  }

  const peer = createPeer({
    socket,
    transport,
    methods: clusterMethods,
    local: 'node',
    remote: 'api',
    log,
    maxMessageBytes: MAX_CLUSTER_MESSAGE_BYTES,
    maxBufferedBytes: MAX_CLUSTER_MESSAGE_BYTES,
    handlers: {
      'cluster.hello': ({ cluster_token }) => {
        if (!isClusterToken(door, cluster_token))
          throw new ClusterError('AUTHENTICATION_REQUIRED', {
            reason:
              'the cluster token is not valid; retire-cluster-main keeps it in cluster-token in its data directory',
          })
        isKnown = true
        clearTimeout(helloTimer)
        connection.onWelcome()
        log.info({ address }, 'an API server is connected')
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
      if (isKnown) log.info({ address }, 'an API server is gone')
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
