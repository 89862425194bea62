/** A client of the API that keeps its connections, and tells an answer from a connection that broke. */
import { Agent, request } from 'node:http'

/** An answer of the API. */
export type Answered<T> = {
  readonly status: number
  readonly data: T
  readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown }
}

/** Calls the API. */
export interface Client {
  /** How many answers were CLUSTER_UNAVAILABLE. */
  readonly refused: number
  /**
   * Resolves with the answer; undefined where nobody knows what became of the request: the connection broke, or the server says
   * when to come again as it could not reach its node or the database (CLUSTER_UNAVAILABLE), which may have done it all the same.
   */
  call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answered<T> | undefined>
  /** Ends its connections. */
  close(): void
}

/** No answer within this is a finding: nothing that the harness asks for takes as long. */
const SILENCE_MS = 60_000

/** A client of the API at a port of this machine. */
export const createClient = (port: number): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  let refused = 0
  return {
    get refused() {
      return refused
    },
    call: <T>(method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      new Promise<Answered<T> | undefined>((resolve, reject) => {
        const payload = body === undefined ? undefined : JSON.stringify(body)
        const headers = payload === undefined ? more : { 'content-type': 'application/json', ...more }
        const sent = request({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (piece: string) => (text += piece))
          response.once('error', () => resolve(undefined))
          response.once('end', () => {
            const answer = JSON.parse(text) as Omit<Answered<T>, 'status'>
            // One that does not say when to come again is no such refusal, and a finding.
            const isUnknown =
              answer.error?.code === 'CLUSTER_UNAVAILABLE' && Number(response.headers['retry-after']) >= 1
            if (isUnknown) refused += 1
            resolve(isUnknown ? undefined : { ...answer, status: response.statusCode ?? 0 })
          })
        })
        sent.setTimeout(SILENCE_MS, () => {
          reject(new Error(`no answer to ${method} ${path} within ${SILENCE_MS} ms`))
          sent.destroy()
        })
        sent.once('error', () => resolve(undefined))
        sent.end(payload)
      }),
    close: () => agent.destroy(),
  }
}
