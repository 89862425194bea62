/** The served OpenAPI document as the law: which operations there are, and what an answer must look like. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import type { ErrorEnvelope } from '../../schemas/index.ts'
import type { Received } from './ask.ts'

type Schema = Readonly<Record<string, unknown>>
type Referring = { readonly $ref?: string }
type Header = { readonly required?: boolean; readonly schema: Schema }
type Response = {
  readonly headers?: Readonly<Record<string, Referring>>
  readonly content?: Readonly<Record<string, { schema: Schema; examples?: Readonly<Record<string, unknown>> }>>
}
type Documented = {
  readonly operationId: string
  readonly parameters?: readonly (Referring & { readonly in?: string; readonly name?: string })[]
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> }
  readonly security: readonly object[]
  readonly responses: Readonly<Record<string, Referring>>
}

/** An operation of the document. */
export type DocumentedOperation = {
  readonly id: string
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
  readonly hasBody: boolean
  /** True where the body is bytes, whatever they say. */
  readonly takesBytes: boolean
  /** True where no key is needed, and nothing is counted. */
  readonly isOpen: boolean
  /** The media type of a success. */
  readonly media: string
  /** Every answer: `201`, `304`, or an error's code. */
  readonly answers: readonly string[]
}

/** Of some answers only, or by a setup that no test here has; every other documented header must be there. */
const conditional = ['Link', 'Access-Control-Allow-Origin', 'Idempotency-Replayed']

/** Who has no key is nobody's caller, and so counted against nobody's budget (CONTRACT.md §4). */
const isUncounted = (name: string, status: number) => status === 401 && /^(?:x-)?ratelimit/i.test(name)

const errorsOf = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
    .join('; ')

const ajvOf = (document: OpenApiDocument): Ajv2020 => {
  // The document is more than a schema: its own keywords are no schema's, and neither are those of examples.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  // CONTRACT.md §2: UTC, milliseconds, `Z`; and an instant that exists.
  const isInstant = (text: string) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text
  ajv.addFormat('date-time', { type: 'string', validate: isInstant })
  // Widths of numbers (OpenAPI 3.1 format registry), which the bounds beside them say already.
  for (const width of ['int32', 'int64']) ajv.addFormat(width, { type: 'number', validate: Number.isSafeInteger })
  ajv.addFormat('binary', true)
  ajv.addSchema({ ...document, $id: 'document' })
  return ajv
}

/** What the document says. */
export interface Law {
  readonly operations: readonly DocumentedOperation[]
  /** What is wrong with an answer to an operation; nothing where it is as documented. */
  faultsOf(operation: DocumentedOperation, received: Received, sent: { readonly method: string }): string[]
  /** What is wrong with the `data` of a message of the stream. */
  faultsOfMessage(operation: DocumentedOperation, message: unknown): string[]
}

/** Reads a document. */
export const lawOf = (document: OpenApiDocument): Law => {
  const ajv = ajvOf(document)
  const compiled = new Map<unknown, ValidateFunction>()
  const follow = (node: Referring): unknown => {
    if (node.$ref === undefined) return node
    const [, , section = '', name = ''] = node.$ref.split('/')
    return document.components[section]?.[name]
  }
  const responseAt = (node: Referring | undefined) => follow(node ?? {}) as Response
  const validator = (schema: Schema): ValidateFunction => {
    const known = compiled.get(schema)
    if (known !== undefined) return known
    const rebased = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/')
    const validate = ajv.compile(JSON.parse(rebased) as Schema)
    compiled.set(schema, validate)
    return validate
  }
  const faults = (what: string, schema: Schema, value: unknown): string[] => {
    const validate = validator(schema)
    return validate(value) ? [] : [`${what}: ${errorsOf(validate.errors)}`]
  }

  const declared = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Documented })),
  )
  const responsesOf = new Map(declared.map(({ operation }) => [operation.operationId, operation.responses]))

  const answersOf = ({ responses }: Documented): string[] =>
    Object.entries(responses).flatMap(([status, response]) => {
      const { content = {} } = responseAt(response)
      return Number(status) < 400 ? [status] : Object.keys(content['application/json']?.examples ?? {})
    })
  const mediaOf = ({ responses }: Documented): string => {
    const success = responseAt(responses['200'] ?? responses['201'])
    return Object.keys(success.content ?? {})[0] ?? ''
  }

  const headerFaults = ({ headers = {} }: Response, received: Received): string[] =>
    Object.entries(headers).flatMap(([name, reference]) => {
      const { schema } = follow(reference) as Header
      const value = received.headers[name.toLowerCase()]
      if (value === undefined)
        return conditional.includes(name) || isUncounted(name, received.status) ? [] : [`the header ${name} is missing`]
      return faults(name, schema, schema.type === 'integer' ? Number(value) : value)
    })

  return {
    operations: declared.map(({ path, method, operation }) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      hasBody: operation.requestBody !== undefined,
      takesBytes: operation.requestBody?.content['application/octet-stream'] !== undefined,
      isOpen: operation.security.length === 0,
      media: mediaOf(operation),
      answers: answersOf(operation),
    })),
    faultsOf: ({ id }, received, { method }) => {
      const reference = responsesOf.get(id)?.[String(received.status)]
      if (reference === undefined) return [`status ${received.status} is not documented: ${received.text}`]
      const response = responseAt(reference)
      const found = headerFaults(response, received)
      const [media, content] = Object.entries(response.content ?? {})[0] ?? []
      const [type] = (received.headers['content-type'] ?? '').split(';')
      if (type !== (media ?? '')) return [...found, `the media type is ${type}, not ${media}`]
      if (content === undefined || method === 'HEAD')
        return received.text === '' ? found : [...found, `there is a body: ${received.text.slice(0, 80)}`]
      if (media !== 'application/json') return [...found, ...faults('the text', content.schema, received.text)]
      const body: unknown = JSON.parse(received.text)
      found.push(...faults('the body', content.schema, body))
      const { request_id, error } = body as ErrorEnvelope
      if (request_id !== received.headers['x-request-id'])
        found.push(`request_id is ${request_id}, X-Request-Id is not`)
      if (received.status >= 400 && content.examples?.[error.code] === undefined)
        found.push(`${error.code} is not documented with ${received.status}`)
      return found
    },
    faultsOfMessage: ({ id }, message) => {
      const { content = {} } = responseAt(responsesOf.get(id)?.['200'])
      return faults('the message', content['text/event-stream']?.schema ?? {}, message)
    },
  }
}
