/** The answers of an operation as the document shows them. */
import type { TSchema } from '@sinclair/typebox'
import { type ErrorCode, ErrorEnvelope, errorCodes, resolve } from '../../../schemas/index.ts'
import { messageOf } from '../envelopes.ts'
import { errorDetails } from '../examples/errors.ts'
import type { Operation } from '../operation/operation.ts'
import { documented } from './components.ts'
import { commonHeaders, type DocumentedHeader, headerReferences } from './headers.ts'

/** Every example of the document is of this request. */
const frame = { timestamp: '2026-11-24T12:00:00.000Z', request_id: '5f2b6a0e-3b7e-4f7e-9a53-0f8f6f3f2d11' }

const isCounted = ({ scope }: Operation) => scope !== null

const validatorHeaders = ({ etag }: Operation): readonly DocumentedHeader[] =>
  etag === null ? [] : ['ETag', 'Cache-Control']

/** What an answer holds, in the words of its schema: of JSON what stands in `data`. */
const descriptionOf = ({ media, answer }: Operation): string => {
  const whole = typeof answer.$ref === 'string' ? resolve(answer) : answer
  if (media !== 'application/json') return whole.description ?? ''
  const data = (whole.properties as { data: TSchema }).data
  return (typeof data.$ref === 'string' ? resolve(data) : data).description ?? ''
}

const exampleOf = ({ media, example }: Operation): unknown =>
  media === 'application/json' ? { status: 'success', data: example, ...frame } : example

/** The operations that go on from an answer (OpenAPI 3.1, Link Object). @param operations - by `operationId` */
const linksOf = ({ links }: Operation, operations: ReadonlyMap<string, Operation>): object =>
  Object.fromEntries(
    Object.entries(links).map(([operationId, pointers]) => {
      const target = operations.get(operationId)
      if (target === undefined) throw new TypeError(`a link leads to ${operationId}, which no operation is called`)
      const parameters: Record<string, string> = Object.fromEntries(
        Object.entries(pointers).map(([name, pointer]) => [name, `$response.body#${pointer}`]),
      )
      return [operationId, { operationId, description: target.summary, parameters }]
    }),
  )

const contentOf = (operation: Operation): object => ({
  [operation.media]: { schema: documented(operation.answer), example: exampleOf(operation) },
})

/** A success, with its headers, its example and what can follow it. */
export const successResponse = (operation: Operation, operations: ReadonlyMap<string, Operation>): object => ({
  description: descriptionOf(operation),
  headers: headerReferences([
    ...commonHeaders({ counted: isCounted(operation) }),
    ...validatorHeaders(operation),
    ...(operation.paged ? (['Link'] as const) : []),
    ...(operation.ranges ? (['Accept-Ranges'] as const) : []),
    ...operation.headers,
  ]),
  content: contentOf(operation),
  ...(Object.keys(operation.links).length === 0 ? {} : { links: linksOf(operation, operations) }),
})

/** 206: the part that was asked for by `Range`. */
const partialResponse = (operation: Operation): object => ({
  description: 'The part that Range asks for.',
  headers: headerReferences([
    ...commonHeaders({ counted: isCounted(operation) }),
    'ETag',
    'Accept-Ranges',
    'Content-Range',
    ...operation.headers,
  ]),
  content: contentOf(operation),
})

/** 304: the caller has it already. */
export const notModifiedResponse: object = {
  description: 'Nothing has changed since the answer that If-None-Match names.',
  headers: headerReferences([...commonHeaders({ counted: true }), 'ETag', 'Cache-Control']),
}

const errorExample = (code: ErrorCode) => {
  const details = errorDetails[code]
  return { status: 'error', error: { code, message: messageOf(code, details, 'en'), details }, ...frame }
}

/** An error answer: all codes that an operation gives with one status. */
export const errorResponse = (codes: readonly ErrorCode[], { counted }: { readonly counted: boolean }): object => ({
  description: codes.map((code) => `\`${code}\`: ${errorCodes[code].en}`).join('\n\n'),
  headers: headerReferences([
    ...commonHeaders({ counted }),
    'Content-Language',
    ...(codes.includes('AUTHENTICATION_REQUIRED') ? (['WWW-Authenticate'] as const) : []),
    ...(codes.some((code) => code === 'RATE_LIMIT_EXCEEDED' || code === 'CLUSTER_UNAVAILABLE')
      ? (['Retry-After'] as const)
      : []),
    ...(codes.includes('RANGE_NOT_SATISFIABLE') ? (['Content-Range'] as const) : []),
  ]),
  content: {
    'application/json': {
      schema: documented(ErrorEnvelope),
      examples: Object.fromEntries(codes.map((code) => [code, { value: errorExample(code) }])),
    },
  },
})

/** `DEVICE_NOT_FOUND` → `DeviceNotFound`. */
const pascal = (code: string) =>
  code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('')

/** The codes of an operation by their status, rising; within a status in the order of the table. */
const codesByStatus = ({ errors }: Operation): Map<number, ErrorCode[]> => {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of (Object.keys(errorCodes) as ErrorCode[]).filter((each) => errors.includes(each))) {
    const { status } = errorCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b))
}

/** An answer, and the name that it has as a component where several operations share it. */
export type NamedResponse = { readonly status: string; readonly name: string; readonly response: object }

/** Every answer of an operation beside its success. */
export const otherResponses = (operation: Operation): NamedResponse[] => {
  const counted = isCounted(operation)
  return [
    ...(operation.ranges ? [{ status: '206', name: 'Part', response: partialResponse(operation) }] : []),
    ...(operation.etag === null ? [] : [{ status: '304', name: 'NotModified', response: notModifiedResponse }]),
    ...[...codesByStatus(operation)].map(([status, codes]) => ({
      status: String(status),
      name: `${codes.map(pascal).join('Or')}${counted ? '' : 'Uncounted'}`,
      response: errorResponse(codes, { counted }),
    })),
  ]
}
