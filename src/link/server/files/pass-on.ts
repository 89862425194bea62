/** Files of devices at a node that does not schedule: their requests go on to the one that does, whose answers come back. */
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { Log } from '../../../cluster/ports/log.ts'
import type { NodeEndpoint } from '../../client/open-socket.ts'
import { finishPinned, pinnedOptions, WrongKey } from '../../pinned-request.ts'
import { bidContinue, type Exchange } from './exchange.ts'

/** Milliseconds without a byte either way after which the other node is given up, as with files of API servers. */
const SILENCE_MS = 120_000

/** What of the head of a request is for the other node. */
const passed = ['authorization', 'content-length', 'expect', 'range', 'transfer-encoding'] as const

const headOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(passed.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

/** Asks the other node; `begin` is called once it has shown its key. */
const ask = ({ host, port, fingerprint }: NodeEndpoint, request: IncomingMessage, begin: () => void): ClientRequest => {
  const { method, url: path } = request
  const whole = { host, port, method, path, headers: headOf(request), agent: false }
  if (fingerprint === undefined) {
    const asked = plainRequest(whole)
    setImmediate(begin)
    return asked
  }
  const asked = secureRequest({ ...whole, ...pinnedOptions })
  finishPinned(asked, fingerprint, begin, (shown) => new WrongKey(`the node at ${host}:${port} has the key ${shown}`))
  return asked
}

/**
 * Passes a request on. Where the other node is lost the connection of the device ends, as that of a node that is lost: it tries again.
 * @param lift - lifts the bound within which a request must have come in: whom the other node does not know it ends at once
 */
export const passOn = (exchange: Exchange, node: NodeEndpoint, lift: (exchange: Exchange) => void, log: Log): void => {
  const { request, response } = exchange
  const end = (error: unknown) => {
    log.debug({ err: error }, 'a transfer that was passed on broke off')
    asked.destroy()
    response.destroy()
  }
  const send = () => {
    lift(exchange)
    pipeline(request, asked).catch(end)
  }
  const begin = () => {
    if (!hasBody(request)) asked.end()
    else if (request.headers.expect === undefined) send()
    else asked.flushHeaders()
  }
  const asked = ask(node, request, begin)
  asked.setTimeout(SILENCE_MS, () => asked.destroy(new Error('nothing came or went for too long')))
  asked.once('continue', () => {
    bidContinue(exchange)
    send()
  })
  asked.once('error', end)
  asked.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' })
    pipeline(answer, response).catch(end)
  })
  response.once('close', () => asked.destroy())
}
