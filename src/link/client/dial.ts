/** One connection of a worker to its node, from the handshake to its end. */
import type { Socket } from 'node:net'
import { linkMethods, MAX_MESSAGE_BYTES, SUBPROTOCOLS } from '../../../schemas/link.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { fieldsKnownBy } from '../first-build.ts'
import { createPeer } from '../rpc.ts'
import type { Handlers, LinkEnd, Peer } from '../rpc-types.ts'
import { watchSilence } from '../silence.ts'
import { WrongKey } from '../pinned-request.ts'
import { type NodeEndpoint, openSocket, reasonOf } from './open-socket.ts'

/** The worker's end of a link. */
export type DevicePeer = Peer<typeof linkMethods, 'device'>

/** How long things may take, seen from the worker. */
export type DialLimits = {
  /** Milliseconds for the TCP and WebSocket handshakes together. */
  readonly handshakeTimeoutMs: number
  /** Milliseconds without a byte from the node, which pings every 20 s, after which the connection is given up. */
  readonly silenceMs: number
}

/** A connection that is being made, or open. */
export type Dialled = {
  /** Ends it at once, at whatever stage. */
  abort(): void
  /** How it ended. A handshake that failed has the code 1006 (RFC 6455 §7.1.5) and says why. */
  readonly ended: Promise<DialEnd>
}

/** The end of a connection; with `wrongKey` where what answered was not the node, and was told nothing. */
export type DialEnd = LinkEnd & { readonly wrongKey?: WrongKey }

type Dial = {
  readonly endpoint: NodeEndpoint
  readonly handlers: Handlers<typeof linkMethods, 'node'>
  readonly limits: DialLimits
  readonly log: Log
  /** Called when messages can be sent. */
  readonly onOpen: (peer: DevicePeer) => void
}

/** Looks for a sign of life during one silence: enough that one late look decides nothing. */
const LOOKS = 4

/** The sentence with which a node refused the handshake: the beginning of its answer. */
const sentenceOf = async (response: AsyncIterable<Buffer>): Promise<string> => {
  let text = ''
  for await (const chunk of response) {
    text += chunk.toString()
    if (text.length > 512) break
  }
  return text.slice(0, 512).trim()
}

/** Connects to a node. */
export const dial = ({ endpoint, handlers, limits, log, onOpen }: Dial): Dialled => {
  const socket = openSocket(endpoint, '/link', SUBPROTOCOLS, {
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: limits.handshakeTimeoutMs,
  })
  let failure = ''
  let wrongKey: WrongKey | undefined
  let transport: Socket | undefined

  const ended = new Promise<DialEnd>((resolve) => {
    const failed = (code: number) =>
      resolve({ by: 'remote', code, reason: failure, ...(wrongKey === undefined ? {} : { wrongKey }) })
    socket.on('error', (error) => {
      failure ||= reasonOf(error)
      if (error instanceof WrongKey) wrongKey = error
    })
    socket.once('close', failed)
    socket.once('unexpected-response', (_request, response) => {
      const status = `HTTP ${response.statusCode ?? 0}`
      const refused = (sentence: string) => {
        failure = `${status}: ${sentence}`
        socket.terminate()
      }
      sentenceOf(response).then(refused, (error: unknown) => refused(String(error)))
    })
    socket.once('upgrade', (response) => (transport = response.socket))
    socket.once('open', () => {
      socket.off('close', failed)
      const peer = createPeer({
        socket,
        transport,
        methods: linkMethods,
        local: 'device',
        remote: 'node',
        handlers,
        known: fieldsKnownBy(socket.protocol),
        log,
        onEnd: (end) => resolve(failure === '' ? end : { ...end, reason: failure }),
      })
      if (transport !== undefined) {
        watchSilence({
          socket,
          transport,
          intervalMs: limits.silenceMs / LOOKS,
          missedLooks: LOOKS,
          onSilence: () => {
            failure = 'no sign of life from the node'
            peer.terminate()
          },
        })
      }
      onOpen(peer)
    })
  })
  return { abort: () => socket.terminate(), ended }
}
