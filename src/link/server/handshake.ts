/** Who may open a link: what is asked of the HTTP request that wants to become a WebSocket. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { CLUSTER_SUBPROTOCOL } from '../../../schemas/cluster-link.ts'
import { SUBPROTOCOLS } from '../../../schemas/link.ts'

/** Where devices open links. */
export const LINK_PATH = '/link'
/** Where API servers elsewhere open theirs. */
export const CLUSTER_PATH = '/cluster'

/** Who speaks at which path. */
const doors: Readonly<Record<string, { readonly subprotocols: readonly string[]; readonly client: string }>> = {
  [LINK_PATH]: { subprotocols: SUBPROTOCOLS, client: 'a worker' },
  [CLUSTER_PATH]: { subprotocols: [CLUSTER_SUBPROTOCOL], client: 'an API server' },
}

/** An answer in place of a link. */
export type Refusal = { readonly status: number; readonly sentence: string }

/** The path of a request, without its query. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/'

/** Why a request gets no link; undefined where it gets one. */
export const refusalOf = (request: IncomingMessage): Refusal | undefined => {
  const door = doors[pathOf(request)]
  if (door === undefined) return { status: 404, sentence: `Links are opened at ${LINK_PATH}.` }
  // Browsers always send an origin, devices never: a web page that somebody visits has no business with a node.
  if (request.headers.origin !== undefined) return { status: 403, sentence: 'A web page cannot open a link.' }
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  if (door.subprotocols.some((name) => offered.includes(name))) return undefined
  return {
    status: 400,
    sentence: `This node speaks the WebSocket subprotocol ${door.subprotocols.join(' or ')} here. Use ${door.client} of the same major version.`,
  }
}

/** Answers a request that wanted to become a WebSocket, and ends its connection. */
export const refuse = (transport: Duplex, { status, sentence }: Refusal): void => {
  const body = `${sentence}\n`
  transport.once('finish', () => transport.destroy())
  transport.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
