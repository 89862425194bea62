/** What the port of the link serves to people: how to join, and the one-file worker. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import type { Log } from '../../cluster/ports/log.ts'
import { hostCheck } from '../../http/host.ts'
import { LINK_PATH, pathOf } from './handshake.ts'
import type { Door } from './join-line.ts'
import { contentSecurityPolicy, joinPage } from './join-page.ts'
import { joinScript, unavailableScript } from './join-script.ts'
import { hostOf } from './request-host.ts'

/** Where the pages take what they serve from. */
export type PageSources = {
  /** The worker as one ES module that needs nothing but Node; undefined where it was not built. */
  readonly workerBundle: () => Promise<Buffer | undefined>
  /** Names by which this node is called, beside addresses and `localhost`. When absent: none. */
  readonly hostNames?: readonly string[]
  /** The nodes of the cluster; absent: this is the only one. */
  readonly nodes?: () => readonly ClusterNode[]
  /** The fingerprint of the node's key; undefined: it has none, and speaks plain. */
  readonly fingerprint: string | undefined
}

type Page = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

const NOT_BUILT =
  'This node has no one-file worker to give away: it was started without having built it. Run "npm run build" where the node is installed, or join from a clone of the repository.'

const plain = (status: number, sentence: string, headers: Record<string, string> = {}): Page => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: `${sentence}\n`,
})

const strange = plain(
  403,
  'That is no name of this node. Call it by its address, or let the name in by --allowed-host where the node is started.',
)

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Browsers name HTML; curl, wget and fetch take anything. */
const wantsHtml = (request: IncomingMessage): boolean => request.headers.accept?.includes('text/html') === true

/** The door by which the request came in: this machine itself may have taken the plain one. */
const doorOf = (request: IncomingMessage, { fingerprint }: PageSources): Door => ({
  node: hostOf(request),
  fingerprint: request.socket instanceof TLSSocket ? fingerprint : undefined,
})

const join = async (request: IncomingMessage, sources: PageSources): Promise<Page> => {
  const door = doorOf(request, sources)
  const negotiated = { vary: 'Accept, Host', 'cache-control': 'no-store' }
  if (wantsHtml(request)) {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy }
    return { status: 200, headers: { ...headers, ...negotiated }, body: joinPage(door, sources.nodes?.() ?? []) }
  }
  const bundle = await sources.workerBundle()
  // A script even then, with 200: behind `curl -f … | sh` nobody would see the sentence of a 503.
  const body = bundle === undefined ? unavailableScript(NOT_BUILT) : joinScript(door, sha256(bundle))
  return { status: 200, headers: { 'content-type': 'text/x-shellscript; charset=utf-8', ...negotiated }, body }
}

const worker = async (request: IncomingMessage, { workerBundle }: PageSources): Promise<Page> => {
  const bundle = await workerBundle()
  if (bundle === undefined) return plain(503, NOT_BUILT)
  const headers = { etag: `"${sha256(bundle)}"`, 'cache-control': 'no-cache' }
  if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers, body: '' }
  return { status: 200, headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' }, body: bundle }
}

const pageOf = async (request: IncomingMessage, sources: PageSources): Promise<Page> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(405, 'Only GET and HEAD are possible here.', { allow: 'GET, HEAD' })
  }
  switch (pathOf(request)) {
    case '/':
      return plain(302, 'How a device joins stands at /join.', { location: '/join' })
    case '/join':
      return join(request, sources)
    case '/worker.mjs':
      return worker(request, sources)
    case LINK_PATH:
      return plain(426, 'Devices open their links here, as WebSockets.', {
        upgrade: 'websocket',
        connection: 'Upgrade',
      })
    default:
      return plain(404, 'Nothing is here. How a device joins stands at /join; the API has a port of its own.')
  }
}

const answer = (request: IncomingMessage, response: ServerResponse, { status, headers, body }: Page) => {
  response.writeHead(status, {
    ...headers,
    ...(status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Serves the pages. A token is in none of them: whoever can open the port can read them. */
export const joinPages = ({ log, ...sources }: PageSources & { readonly log: Log }): RequestListener => {
  const isOurs = hostCheck(sources.hostNames ?? [])
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      answer(request, response, isOurs(request.headers.host) ? await pageOf(request, sources) : strange)
    } catch (error) {
      log.error({ err: error }, 'a page could not be made')
      answer(request, response, plain(500, 'Something failed inside the node. Its log has the cause.'))
    }
  }
  return (request, response) => void serve(request, response)
}
