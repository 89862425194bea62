/** Opens a WebSocket to a node: plain, or TLS with the node known by its key. */
import { type ClientOptions, WebSocket } from 'ws'
import { inUrl } from '../address.ts'
import { finishPinned, pinnedOptions, WrongKey } from '../pinned-request.ts'

/** Where a node listens, and how it is known. */
export type NodeEndpoint = {
  /** Host name or address; an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  /** The fingerprint of its key; undefined: the link is plain. */
  readonly fingerprint: string | undefined
}

/** Why a socket could not be opened, in words: those of OpenSSL for a node that speaks plain would tell nobody what to do. */
export const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'EPROTO' || code?.startsWith('ERR_SSL_') === true
    ? `what answers there does not speak TLS, which the token asks for (${code})`
    : message

/**
 * Opens a WebSocket. Its `error` is a {@link WrongKey} where the node is another than was meant.
 * @param subprotocols - those that are offered, the best first
 * @param options - other options of the WebSocket
 */
export const openSocket = (
  { host, port, fingerprint }: NodeEndpoint,
  path: string,
  subprotocols: readonly string[],
  options: ClientOptions,
): WebSocket => {
  const usual: ClientOptions = { perMessageDeflate: false, ...options }
  const node = `${inUrl(host)}:${port}`
  if (fingerprint === undefined) return new WebSocket(`ws://${node}${path}`, [...subprotocols], usual)
  const refusal = (shown: string) =>
    new WrongKey(
      `what answers at ${node} has another key (${shown}) than the token names (${fingerprint}), and was told nothing: either somebody is on the way, or the node was set up anew and prints another line now`,
    )
  return new WebSocket(`wss://${node}${path}`, [...subprotocols], {
    ...usual,
    ...pinnedOptions,
    finishRequest: (request) => finishPinned(request, fingerprint, () => request.end(), refusal),
  })
}
