/** A JSON-RPC 2.0 peer over one WebSocket: both ends of the link are one of these (https://www.jsonrpc.org/specification). */
import type { TSchema } from '@sinclair/typebox'
import { WebSocket, type RawData } from 'ws'
import { closeCodes, type LinkMethod, MAX_MESSAGE_BYTES, RpcMessage } from '../../schemas/link.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { Log } from '../cluster/ports/log.ts'
import { isTooDeep, problemOf, received } from './checks.ts'
import type { MessageFields } from './first-build.ts'
import { onlyKnown } from './known-fields.ts'
import { pendingRequests } from './pending-requests.ts'
import { BadMessage, fromWire, rpcCodes, RpcError, toWire } from './rpc-errors.ts'
import type { Handlers, LinkEnd, MethodTable, Peer, Side } from './rpc-types.ts'

/**
 * Bytes that may wait for a slow reader: four of the largest messages. More is never needed, since a device gets
 * no more tasks than it has slots, and a thousand stuck devices shall not fill the memory of a small node.
 */
export const MAX_BUFFERED_BYTES = 4 * MAX_MESSAGE_BYTES

/** Requests of a device that are worked on at a time; beyond that, nothing more is read until one is answered. */
const MAX_IN_FLIGHT = 64

/** How long the other side has to answer a close, before the connection is ended without it. */
const CLOSE_TIMEOUT_MS = 1500

/** A stream whose writes can be held back for a moment, as those of sockets can. */
export type Transport = { cork(): void; uncork(): void }

/** What a peer is made of. */
export type PeerOptions<T extends MethodTable, Local extends Side, Remote extends Side> = {
  /** An open WebSocket that nothing else reads or writes. */
  readonly socket: WebSocket
  /** The connection under it: what is sent in one turn of the event loop goes out together. Absent: each message by itself. */
  readonly transport?: Transport | undefined
  readonly methods: T
  readonly local: Local
  readonly remote: Remote
  readonly handlers: Handlers<T, Remote>
  /** The fields that the other side knows, where it is to be sent no others. */
  readonly known?: MessageFields | undefined
  readonly log: Log
  /** The largest message that is sent, in bytes. The socket's `maxPayload` bounds what arrives. */
  readonly maxMessageBytes?: number
  /** Bytes that may wait to be sent, before the other side is given up as lost. */
  readonly maxBufferedBytes?: number
  /** Requests of the other side that are worked on at a time; beyond that, nothing more is read until one is answered. */
  readonly maxInFlight?: number
  /** Called when a request's error has been sent, for errors that end the link. */
  readonly onRefusal?: (method: string, error: unknown) => void
  /** Called once, when the connection has ended. */
  readonly onEnd: (end: LinkEnd) => void
}

const decode = (frame: RawData, isBinary: boolean): RpcMessage => {
  if (isBinary || !Buffer.isBuffer(frame)) throw new BadMessage('a message must be text')
  let message: unknown
  try {
    message = JSON.parse(frame.toString())
  } catch (error) {
    throw new BadMessage('a message must be JSON', { cause: error })
  }
  if (isTooDeep(message)) throw new BadMessage('a message must not be nested so deep')
  const problem = problemOf(RpcMessage, message)
  if (problem !== undefined) throw new BadMessage(`not JSON-RPC 2.0: ${problem}`)
  return message as RpcMessage
}

/** The longest beginning of a text that a close frame can carry, without a torn character: 123 bytes, RFC 6455 §5.5. */
const asCloseReason = (text: string): string => {
  const bytes = Buffer.from(text)
  if (bytes.length <= 123) return text
  return new TextDecoder().decode(bytes.subarray(0, 123), { stream: true })
}

/**
 * Starts to speak JSON-RPC on a WebSocket. Every message is checked against the table on arrival, before any handler
 * sees it, and on departure; one that is bad on arrival closes this link with `closeCodes.badMessage`.
 */
export const createPeer = <T extends MethodTable, Local extends Side, Remote extends Side>(
  options: PeerOptions<T, Local, Remote>,
): Peer<T, Local> => {
  const {
    socket,
    transport,
    methods,
    log,
    maxBufferedBytes = MAX_BUFFERED_BYTES,
    maxMessageBytes = MAX_MESSAGE_BYTES,
    maxInFlight = MAX_IN_FLIGHT,
  } = options
  const pending = pendingRequests()
  // The table's types say which handler takes what, and the schema has checked it: here only the name is known.
  const handlers = options.handlers as Readonly<Record<string, (params: unknown) => unknown>>
  let endedBy: LinkEnd['by'] | undefined
  let inFlight = 0

  const methodNamed = (name: string): LinkMethod | undefined =>
    Object.hasOwn(methods, name) ? methods[name] : undefined

  const asKnown = (name: string, part: 'params' | 'result', value: unknown): unknown =>
    onlyKnown(options.known?.[name]?.[part] ?? true, value)

  let isHeld = false
  /** Each write is a call of the system, which costs more than the message: those of one turn share one. */
  const holdBack = () => {
    if (isHeld || transport === undefined) return
    isHeld = true
    transport.cork()
    setImmediate(() => {
      isHeld = false
      transport.uncork()
    })
  }

  const send = (message: RpcMessage): boolean => {
    if (endedBy !== undefined || socket.readyState !== WebSocket.OPEN) return false
    if (isTooDeep(message)) throw new RpcError('invalid', 'the message is nested too deep')
    const bytes = Buffer.from(JSON.stringify(message))
    if (bytes.length > maxMessageBytes) {
      throw new RpcError('too_large', `the message has ${bytes.length} bytes; ${maxMessageBytes} are possible`)
    }
    holdBack()
    socket.send(bytes, { binary: false })
    if (socket.bufferedAmount > maxBufferedBytes) {
      log.warn({ buffered_bytes: socket.bufferedAmount }, 'link given up: the other side does not read')
      terminate()
    }
    return true
  }

  const call = (id: number | undefined, name: string, params: unknown): boolean => {
    const schema = methodNamed(name)?.params
    const problem = schema === undefined ? 'no such method' : problemOf(schema, params)
    if (problem !== undefined) throw new RpcError('invalid', `${name}: ${problem}`)
    return send({
      jsonrpc: '2.0',
      ...(id === undefined ? {} : { id }),
      method: name,
      params: asKnown(name, 'params', params),
    })
  }

  const close = (code: number, reason: string) => {
    if (endedBy !== undefined) return
    endedBy = 'local'
    pending.rejectAll(`the link was closed: ${reason}`)
    // A paused socket would not read the other side's close frame.
    socket.resume()
    socket.close(code, asCloseReason(reason))
    const giveUp = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
    socket.once('close', () => clearTimeout(giveUp))
  }

  const terminate = () => {
    endedBy ??= 'remote'
    socket.terminate()
  }

  const answer = async (id: number, name: string, params: unknown, schema: TSchema) => {
    inFlight += 1
    if (inFlight === maxInFlight) socket.pause()
    try {
      const result = await handlers[name]?.(params)
      const problem = problemOf(schema, result)
      if (problem !== undefined) throw new RpcError('invalid', `answer to ${name}: ${problem}`)
      send({ jsonrpc: '2.0', id, result: asKnown(name, 'result', result) })
    } catch (error) {
      if (error instanceof BadMessage) {
        closeFor(error)
        return
      }
      if (!(error instanceof ClusterError)) log.error({ err: error, method: name }, 'a request failed')
      send({ jsonrpc: '2.0', id, error: toWire(error) })
      options.onRefusal?.(name, error)
    } finally {
      inFlight -= 1
      if (inFlight === maxInFlight - 1) socket.resume()
    }
  }

  const inform = (name: string, params: unknown) => {
    try {
      handlers[name]?.(params)
    } catch (error) {
      if (error instanceof BadMessage) throw error
      log.error({ err: error, method: name }, 'a notification failed')
    }
  }

  const takeCall = ({ id, params, result, error }: RpcMessage, name: string) => {
    if (result !== undefined || error !== undefined) throw new BadMessage('a message is a call or an answer, not both')
    const method = methodNamed(name)
    if (method === undefined) {
      // A newer version may know more; it is told, where it asks.
      if (id === undefined) log.debug({ method: name }, 'unknown notification ignored')
      else send({ jsonrpc: '2.0', id, error: { code: rpcCodes.methodNotFound, message: 'method not found' } })
      return
    }
    if (method.from !== options.remote) throw new BadMessage(`${name} cannot be called from this side`)
    const told = received(method.params, params)
    if (told.problem !== undefined) throw new BadMessage(`${name}: ${told.problem}`)
    if (method.result === null) {
      if (id !== undefined) throw new BadMessage(`${name} takes no id`)
      inform(name, told.value)
    } else {
      if (id === undefined) throw new BadMessage(`${name} needs an id`)
      void answer(id, name, told.value, method.result)
    }
  }

  const takeAnswer = ({ id, result, error }: RpcMessage) => {
    if (id === undefined || (result === undefined) === (error === undefined)) {
      throw new BadMessage('an answer has an id, and a result or an error')
    }
    const request = pending.take(id)
    // It came after its timeout.
    if (request === undefined) return
    if (error !== undefined) {
      request.reject(fromWire(error))
      return
    }
    const schema = methodNamed(request.method)?.result
    const told = schema ? received(schema, result) : { problem: 'none was expected' }
    if (told.problem === undefined) {
      request.resolve(told.value)
      return
    }
    request.reject(new RpcError('remote', `the answer is not valid: ${told.problem}`))
    throw new BadMessage(`answer to ${request.method}: ${told.problem}`)
  }

  const closeFor = (error: BadMessage) => {
    log.warn({ reason: error.message }, 'link closed: bad message')
    close(closeCodes.badMessage, error.message)
  }

  socket.on('message', (frame, isBinary) => {
    if (endedBy !== undefined) return
    try {
      const message = decode(frame, isBinary)
      if (message.method === undefined) takeAnswer(message)
      else takeCall(message, message.method)
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error
      closeFor(error)
    }
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    log.debug({ err: error }, 'link failed')
    // ws closes by itself where a frame breaks the protocol or is too large; the rest are failures of the network.
    if (error.code?.startsWith('WS_ERR_') === true) endedBy ??= 'local'
  })
  socket.on('close', (code, reason) => {
    endedBy ??= 'remote'
    pending.rejectAll('the link was lost')
    options.onEnd({ by: endedBy, code, reason: reason.toString() })
  })

  return {
    notify: (method, params) => {
      try {
        return call(undefined, method, params)
      } catch (error) {
        log.error({ err: error, method }, 'a notification was not sent')
        return false
      }
    },
    request: (method, params, timeoutMs) =>
      // The schema of the result is checked before it comes out.
      pending.add(method, timeoutMs, (id) => call(id, method, params)) as ReturnType<Peer<T, Local>['request']>,
    close,
    terminate,
  }
}
