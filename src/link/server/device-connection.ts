/** One device on its connection: the peer of the link on one side, the session of the domain on the other. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { closeCodes, linkMethods } from '../../../schemas/link.ts'
import { ClusterError } from '../../cluster/errors.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from '../../cluster/ports/link.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { fieldsKnownBy } from '../first-build.ts'
import { createPeer } from '../rpc.ts'
import { BadMessage } from '../rpc-errors.ts'
import type { Handlers, LinkEnd } from '../rpc-types.ts'
import { sessionMethods } from '../session-methods.ts'
import { watchSilence } from '../silence.ts'

/** How long things may take on a link, and how much may wait. */
export type LinkLimits = {
  /** Milliseconds from the handshake to the device's hello. */
  readonly helloTimeoutMs: number
  /** Milliseconds between two pings; a device that gives no sign of life over two of them is gone. */
  readonly pingIntervalMs: number
  /** Bytes that may wait to be sent to a device that does not read. */
  readonly maxBufferedBytes: number
}

/** A connection as the server sees it. */
export type DeviceConnection = { close(code: number, reason: string): void }

type Connection = {
  readonly socket: WebSocket
  /** The TCP connection under it. */
  readonly transport: Socket
  readonly address: string
  readonly gate: DeviceGate
  readonly limits: LinkLimits
  /** The device has been let in. */
  readonly onWelcome: () => void
  readonly log: Log
}

/** RFC 6455 §7.4.1: the server met a condition that keeps it from going on. */
const INTERNAL_ERROR = 1011

const isRefused = (error: unknown): error is ClusterError =>
  error instanceof ClusterError && (error.code === 'AUTHENTICATION_REQUIRED' || error.code === 'PERMISSION_DENIED')

/**
 * The methods of a device, guarded: a hello comes first and once, all else after its answer.
 * @param session - is asked at each call, since the session is made of the link, and the link of these
 */
const guarded = (
  session: () => DeviceSession,
  onHello: () => void,
  onWelcome: () => void,
): Handlers<typeof linkMethods, 'device'> => {
  let stage: 'new' | 'greeting' | 'known' = 'new'
  const known = (): DeviceSession => {
    if (stage !== 'known') throw new BadMessage('the first message must be device.hello, and its answer be awaited')
    return session()
  }
  return {
    ...sessionMethods(known),
    'device.hello': async (params) => {
      if (stage !== 'new') throw new BadMessage('device.hello comes once')
      stage = 'greeting'
      onHello()
      const welcome = await session().hello(params)
      stage = 'known'
      onWelcome()
      return welcome
    },
  }
}

/**
 * Lets a device speak with the domain until its connection ends.
 * @returns what the server needs to end it
 */
export const connectDevice = ({
  socket,
  transport,
  address,
  gate,
  limits,
  onWelcome,
  log,
}: Connection): DeviceConnection => {
  const end = ({ by, code, reason }: LinkEnd) => {
    clearTimeout(helloTimer)
    log.debug({ address, by, code, reason }, 'link ended')
    session.closed(by === 'local' ? 'node' : 'device')
  }
  const peer = createPeer({
    socket,
    transport,
    methods: linkMethods,
    local: 'node',
    remote: 'device',
    handlers: guarded(
      () => session,
      () => clearTimeout(helloTimer),
      onWelcome,
    ),
    known: fieldsKnownBy(socket.protocol),
    log,
    maxBufferedBytes: limits.maxBufferedBytes,
    onRefusal: (method, error) => {
      if (method !== 'device.hello') return
      if (isRefused(error)) peer.close(closeCodes.refused, error.details.reason ?? error.code)
      else peer.close(INTERNAL_ERROR, 'the hello could not be taken')
    },
    onEnd: end,
  })
  const link: DeviceLink = {
    address,
    notify: (method, params) => void peer.notify(method, params),
    request: (method, params, timeoutMs) => peer.request(method, params, timeoutMs),
    close: (code, reason) => peer.close(code, reason),
  }
  const session = gate.connect(link)
  const helloTimer = setTimeout(
    () => peer.close(closeCodes.badMessage, 'no device.hello in time'),
    limits.helloTimeoutMs,
  )
  watchSilence({
    socket,
    transport,
    intervalMs: limits.pingIntervalMs,
    missedLooks: 2,
    onLook: () => socket.ping(),
    onSilence: () => {
      log.info({ address }, 'link given up: no sign of life')
      peer.terminate()
    },
  })
  return peer
}
