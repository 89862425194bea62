/** Walks the operations of the document against a live server: every answer is checked, and what was seen is kept. */
import type { Test } from 'tap'
import type { ErrorCode, ErrorEnvelope, Success } from '../../schemas/index.ts'
import { errorCodes } from '../../schemas/index.ts'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { ask, type ReceivedBytes } from './ask.ts'
import { type DocumentedOperation, type Law, lawOf } from './document.ts'

/** What an operation is called with. */
export type Call = {
  /** What stands for the parameters of the path. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>> | string
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON. */
  readonly body?: unknown
  /** As it is. */
  readonly rawBody?: string
  /** Announces a body of so many bytes, and sends none of it before there is an answer. */
  readonly announcedBytes?: number
  /** `HEAD` instead of `GET`. */
  readonly method?: string
}

/** What should come: the status of a success, or the code of an error. */
export type Outcome = 200 | 201 | 206 | 304 | ErrorCode

/** A walk. */
export interface Walk {
  readonly t: Test
  readonly url: string
  readonly law: Law
  operation(id: string): DocumentedOperation
  /** The path of an operation with its parameters filled in, and its query. */
  pathOf(id: string, call: Call): string
  /** Headers with the key. */
  readonly headers: Readonly<Record<string, string>>
  /** Calls an operation, and checks its answer against the document. */
  send(id: string, outcome: Outcome, call?: Call): Promise<ReceivedBytes>
  /** The `data` of a success. */
  succeed<D>(id: string, outcome: 200 | 201, call?: Call): Promise<D>
  /** The error of a refusal. */
  refuse(id: string, code: ErrorCode, call?: Call): Promise<ErrorEnvelope['error']>
  /** Notes an answer that was checked otherwise. */
  saw(id: string, outcome: Outcome): void
  /** What no call of an operation has shown, of all that the document says of it. */
  unseen(id: string): string[]
}

/** Begins a walk of the server at `url`. */
export const startWalk = async (t: Test, url: string, key: string): Promise<Walk> => {
  const { text } = await ask(url, { method: 'GET', path: '/openapi.json' })
  const law = lawOf(JSON.parse(text) as OpenApiDocument)
  const operations = new Map(law.operations.map((operation) => [operation.id, operation]))
  const seen = new Map(law.operations.map(({ id }) => [id, new Set<string>()]))
  const headers = { 'X-API-Key': key }

  const operation = (id: string): DocumentedOperation => {
    const found = operations.get(id)
    if (found === undefined) throw new Error(`the document has no operation ${id}`)
    return found
  }
  const pathOf = (id: string, { params = {}, query = '' }: Call): string => {
    const path = operation(id).path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = params[name]
      if (value === undefined) throw new Error(`${id} needs ${name}`)
      return value
    })
    const search = new URLSearchParams(query).toString()
    return search === '' ? path : `${path}?${search}`
  }
  const saw = (id: string, outcome: Outcome) => void seen.get(id)?.add(String(outcome))

  const send = async (id: string, outcome: Outcome, call: Call = {}): Promise<ReceivedBytes> => {
    const { body, announcedBytes, rawBody = body === undefined ? undefined : JSON.stringify(body) } = call
    const announced = announcedBytes === undefined ? {} : { 'Content-Length': String(announcedBytes) }
    const hasBody = rawBody !== undefined || announcedBytes !== undefined
    const method = call.method ?? operation(id).method
    const received = await ask(url, {
      method,
      path: pathOf(id, call),
      headers: {
        ...headers,
        ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
        ...announced,
        ...call.headers,
      },
      holdsBack: announcedBytes !== undefined,
      ...(rawBody === undefined ? {} : { body: rawBody }),
    })
    const status = typeof outcome === 'number' ? outcome : errorCodes[outcome].status
    const what = `${id} (${method}) answers ${outcome}`
    t.equal(received.status, status, `${what}: ${received.text.slice(0, 500)}`)
    t.same(law.faultsOf(operation(id), received, { method }), [], `${what} as documented`)
    if (typeof outcome === 'string' && method !== 'HEAD')
      t.equal((JSON.parse(received.text) as ErrorEnvelope).error.code, outcome, what)
    saw(id, outcome)
    return received
  }
  return {
    t,
    url,
    law,
    operation,
    pathOf,
    headers,
    send,
    succeed: async <D>(id: string, outcome: 200 | 201, call?: Call) =>
      (JSON.parse((await send(id, outcome, call)).text) as Success<D>).data,
    refuse: async (id, code, call) => (JSON.parse((await send(id, code, call)).text) as ErrorEnvelope).error,
    saw,
    unseen: (id) => operation(id).answers.filter((answer) => seen.get(id)?.has(answer) !== true),
  }
}
