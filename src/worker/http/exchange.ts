/** One request, and its answer. */
import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { BadRequest } from './refusals.ts'

type Payload = PayloadOf<'http_request'>

/** A request that is to be made. Header names are in lower case. */
export type HttpRequest = {
  readonly url: URL
  readonly method: NonNullable<Payload['method']>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Redirects that are followed. */
export const MAX_REDIRECTS = 5

/** What the message is framed and routed by is decided here alone, or a server could take one request for two (RFC 9112 §11.2). */
const OWN_HEADERS =
  /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/

/** RFC 9110 §15.4. */
const REDIRECTS = [301, 302, 303, 307, 308]

const parseUrl = (written: string, base?: URL): URL => {
  const url = URL.parse(written, base?.href)
  if (url === null) throw new BadRequest(`${base === undefined ? 'The URL' : 'The redirect'} cannot be understood.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new BadRequest(`${url.protocol} is not spoken here, only http: and https:.`)
  }
  // It would end up in logs, and be sent to wherever the host name leads.
  if (url.username !== '' || url.password !== '') {
    throw new BadRequest('A URL with a user name or a password is not taken; use the header authorization.')
  }
  return url
}

/**
 * The first request of a task.
 * @throws BadRequest for what is refused
 */
export const firstRequest = ({ url, method = 'GET', headers = {}, body }: Payload): HttpRequest => {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const own = Object.keys(lowered).find((name) => OWN_HEADERS.test(name))
  if (own !== undefined) throw new BadRequest(`The header ${own} is set by the device itself.`)
  return { url: parseUrl(url), method, headers: lowered, body }
}

const without = (headers: HttpRequest['headers'], unwanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !unwanted(name)))

/**
 * Where an answer leads next; undefined where it leads nowhere. As the Fetch Standard has it ("HTTP-redirect fetch"), 303, and 301
 * and 302 after a POST, become a GET, and another origin gets no credentials.
 * @throws BadRequest for a place that is not gone to
 */
export const redirectOf = (
  response: IncomingMessage,
  { url, method, headers, body }: HttpRequest,
): HttpRequest | undefined => {
  const { statusCode: status = 0 } = response
  const { location } = response.headers
  if (!REDIRECTS.includes(status) || location === undefined) return undefined
  const next = parseUrl(location, url)
  const isForeign = next.origin !== url.origin
  const kept = without(headers, (name) => isForeign && (name === 'authorization' || name === 'cookie'))
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST')
  if (!becomesGet) return { url: next, method, headers: kept, body }
  return { url: next, method: 'GET', headers: without(kept, (name) => name.startsWith('content-')), body: undefined }
}

/**
 * Sends a request over a connection. Resolves with the head of the answer; its body is yet to be read.
 * @throws the error of the connection or of the parser
 */
export const exchange = (
  { url, method, headers, body }: HttpRequest,
  connection: Socket,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request({
      createConnection: () => connection,
      method,
      path: url.pathname + url.search,
      headers: {
        accept: '*/*',
        'user-agent': 'retire-cluster',
        ...headers,
        host: url.host,
        connection: 'close',
        // Node leaves it out where a method commonly has no body; the body would then be taken for a second request.
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      signal,
    })
    sent.once('response', resolve)
    // It stays: after the answer has begun, its body tells of the failure too.
    sent.on('error', reject)
    // As bytes: a text would be put behind the head, and both be encoded alike, though the head is Latin-1.
    sent.end(body === undefined ? undefined : Buffer.from(body))
  })
