/** An API that answers as it is told, and remembers what it was asked. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it came. */
export type Asked = {
  readonly method: string
  readonly url: string
  readonly key: string | undefined
  readonly body: unknown
}

/** An answer: a status and the body, or the `data` of a success; or none, where the connection breaks instead, or nothing comes. */
export type Answer =
  { readonly status: number; readonly body: unknown } | { readonly data: unknown } | 'cut off' | 'silence'

const envelope = (data: unknown) => ({
  status: 'success',
  data,
  timestamp: '2026-11-24T12:00:00.000Z',
  request_id: 'request-1',
})

/** The envelope of an error. */
export const refusal = (status: number, code: string, message: string, details: object = {}): Answer => ({
  status,
  body: {
    status: 'error',
    error: { code, message, details },
    timestamp: '2026-11-24T12:00:00.000Z',
    request_id: 'request-1',
  },
})

const askedBy = async (request: IncomingMessage): Promise<Asked> => {
  const body = await text(request)
  const key = request.headers['x-api-key']
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    key: typeof key === 'string' ? key : undefined,
    body: body === '' ? undefined : JSON.parse(body),
  }
}

/** Starts one that gives these answers, one after the other, the last again and again; or the answer to each request, as soon as there is one. */
export const startFakeApi = async (
  t: { teardown: (fn: () => unknown) => void },
  answers: readonly Answer[] | ((request: Asked) => Answer | Promise<Answer>),
): Promise<{
  readonly url: string
  readonly asked: readonly Asked[]
  /** The `Idempotency-Key` of each request. */
  readonly keys: readonly (string | undefined)[]
}> => {
  const asked: Asked[] = []
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    void askedBy(request).then(async (one) => {
      const inTurn = (all: readonly Answer[]) => all[Math.min(asked.length, all.length - 1)] ?? { data: {} }
      const given = typeof answers === 'function' ? answers(one) : inTurn(answers)
      asked.push(one)
      const key = request.headers['idempotency-key']
      keys.push(typeof key === 'string' ? key : undefined)
      const answer = await given
      if (answer === 'silence') return
      if (answer === 'cut off') {
        request.socket.destroy()
        return
      }
      const { status, body } = 'data' in answer ? { status: 200, body: envelope(answer.data) } : answer
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, keys }
}
