/** HTTP requests to a node at the port of its link, by the same rule: plain, or TLS with the node known by its key. */
import { Agent as PlainAgent, type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { inUrl } from '../address.ts'
import { finishPinned, pinnedOptions, WrongKey } from '../pinned-request.ts'
import type { NodeEndpoint } from './open-socket.ts'

/** Milliseconds without a byte either way, after which a request is given up: a node may take a while to bring a large file to its disk. */
const SILENCE_MS = 120_000

/** Connections are kept for the next request: a handshake for each of a thousand small files would cost more than the files. */
const agentOptions = { keepAlive: true, scheduling: 'lifo' } as const

/** A request to a node. */
export type NodeRequest = {
  readonly method: 'GET' | 'HEAD' | 'PUT'
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  /** What is sent; absent: nothing. */
  readonly body?: Readable
  /** Ends the request, and the answer while it is read. */
  readonly signal: AbortSignal
}

/** Requests to a node. */
export interface NodeRequests {
  /**
   * Sends a request; resolves with the head of the answer, whose body has to be read or destroyed.
   * @throws WrongKey where what answers is not the node, and was told nothing; else the error of the system or of TLS
   */
  send(request: NodeRequest): Promise<IncomingMessage>
  /** Closes the connections that nothing uses. */
  close(): void
}

const silent = () => Object.assign(new Error('nothing came or went for too long'), { code: 'ETIMEDOUT' })

/**
 * Makes requests to a node.
 * @param endpoint - where it is now, asked at each request
 */
export const createNodeRequests = (endpoint: () => NodeEndpoint): NodeRequests => {
  const plain = new PlainAgent(agentOptions)
  // A handshake that takes up an earlier session need not show the key again.
  const secure = new SecureAgent({ ...agentOptions, maxCachedSessions: 0 })

  const send = ({ method, path, headers, body, signal }: NodeRequest): Promise<IncomingMessage> => {
    const { host, port, fingerprint } = endpoint()
    const options = { host, port, method, path, headers, signal, timeout: SILENCE_MS }
    const sent =
      fingerprint === undefined
        ? plainRequest({ ...options, agent: plain })
        : secureRequest({ ...options, ...pinnedOptions, agent: secure })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.on('error', reject)
      sent.once('timeout', () => sent.destroy(silent()))
      sent.once('close', () => body?.destroy())
    })
    const finish = () => {
      if (body === undefined) sent.end()
      // What breaks the body ends the request, and the request what is left of the body: either is heard of by the answer.
      else pipeline(body, sent).catch(() => undefined)
    }
    const refusal = (shown: string) =>
      new WrongKey(`what answers at ${inUrl(host)}:${port} has another key (${shown}) than the node (${fingerprint})`)
    if (fingerprint === undefined) finish()
    else finishPinned(sent, fingerprint, finish, refusal)
    return answer
  }

  return {
    send,
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  }
}
