/** One request over HTTP, as it stands on the wire: nothing is added, followed or decoded. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** What is sent. */
export type Sent = {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Sends no body, though the headers announce one: the answer is waited for first. */
  readonly holdsBack?: boolean
}

/** What came back. */
export type Received = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** The same, with the body as it is. */
export type ReceivedBytes = Received & { readonly bytes: Buffer }

const DEADLINE_MS = 70_000

/** Sends a request to the API server at `url`, and reads the answer to its end. */
export const ask = (
  url: string,
  { method, path, headers = {}, body, holdsBack = false }: Sent,
): Promise<ReceivedBytes> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers, signal: AbortSignal.timeout(DEADLINE_MS) })
    sent.on('error', reject)
    sent.on('response', (response) => {
      buffer(response)
        .then((bytes) => {
          const { statusCode: status = 0, headers: received } = response
          resolve({ status, headers: received, text: bytes.toString(), bytes })
        })
        .catch(reject)
        .finally(() => holdsBack && sent.destroy())
    })
    if (holdsBack) sent.flushHeaders()
    else sent.end(body)
  })
