/** A `fetch` for an API that speaks https by a certificate which no CA that Node trusts has signed. */
import type { IncomingMessage } from 'node:http'
import { request as openRequest } from 'node:https'
import { pipeline, Readable } from 'node:stream'
import { finishPinned, pinnedOptions, WrongKey } from '../../link/pinned-request.ts'

/** How an API that speaks https is known; with neither, by the CAs that Node trusts. */
export type Trust = {
  /** The fingerprint of its key. */
  readonly pin: string | undefined
  /** Certificates that are trusted, PEM. */
  readonly ca: string | undefined
}

/** Statuses whose answers have no body (https://fetch.spec.whatwg.org/#null-body-status). */
const isBodiless = (status: number): boolean => [204, 205, 304].includes(status)

/** @throws RangeError for a status that no Response has: beyond 599, as no API of ours sends it */
const asResponse = (incoming: IncomingMessage): Response => {
  const { statusCode: status = 0, headersDistinct } = incoming
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  try {
    return new Response(isBodiless(status) ? null : Readable.toWeb(incoming), { status, headers })
  } catch (error) {
    incoming.destroy()
    throw error
  }
}

type Sent = {
  readonly url: URL
  readonly init: RequestInit
  readonly trust: Trust
}

/** What is sent, piece by piece where it may be large; and how long it is, where that is known. */
const sendable = (
  body: RequestInit['body'],
): { readonly stream?: Readable; readonly text?: string; readonly bytes?: number } => {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { text: body }
  if (body instanceof Blob) return { stream: Readable.fromWeb(body.stream()), bytes: body.size }
  if (body instanceof Uint8Array) return { stream: Readable.from([body]), bytes: body.length }
  if (body instanceof ReadableStream) return { stream: Readable.fromWeb(body) }
  throw new TypeError('only text, bytes, a Blob or a stream is sent')
}

/** Sends a request. A redirect is an answer like any other: followed, it would carry the key elsewhere. */
const send = ({ url, init, trust: { pin, ca } }: Sent): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', signal } = init
    const { stream, text, bytes } = sendable(init.body)
    const request = openRequest(url, {
      method,
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        ...(bytes === undefined ? {} : { 'content-length': bytes }),
      },
      ...(signal ? { signal } : {}),
      // A connection that is kept alive, or a session that is resumed, would show no key.
      ...(pin === undefined ? { ca } : { ...pinnedOptions, agent: false }),
    })
    // More than one may come: of a body that nobody reads any more, after its answer.
    request.on('error', (error) => reject(signal?.aborted === true ? (signal.reason as Error) : error))
    request.once('response', (incoming) => resolve(Promise.resolve(incoming).then(asResponse)))
    // What breaks while it is sent is told by the request itself.
    const finish = () => (stream === undefined ? request.end(text) : pipeline(stream, request, () => undefined))
    if (pin === undefined) finish()
    else finishPinned(request, pin, finish, (shown) => new WrongKey(`its key is ${shown}, and --pin names ${pin}`))
  })

/** The `fetch` of an API that is known so: the platform's own where nothing was named. */
export const trustingFetch = (trust: Trust): typeof fetch => {
  if (trust.pin === undefined && trust.ca === undefined) return fetch
  return (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('a URL is asked for')
    return send({ url: new URL(input), init, trust })
  }
}
