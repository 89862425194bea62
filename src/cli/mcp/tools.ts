/** The operations of the API as tools for AI agents, all of it from the OpenAPI document. */
import type { Scope } from '../../../schemas/access.ts'
import type { OperationId } from '../../client/operations.ts'
import { type Document, type DocumentedOperation, type JsonSchema, type Parameter, referred } from './document.ts'
import { leanSchemas } from './lean-schemas.ts'

/** Where an argument of a tool goes in the request. `key`: the `Idempotency-Key`. */
export type ArgumentPlace = 'path' | 'query' | 'body' | 'key'

/** A tool. */
export type Tool = {
  /** Its name: the `operationId`. */
  readonly id: OperationId
  /** The scope that it needs; null where everybody may. */
  readonly scope: Scope | null
  /** It changes nothing. */
  readonly isReading: boolean
  /** Done twice it does no more than once. */
  readonly isIdempotent: boolean
  readonly title: string
  readonly description: string
  /** Where each of its arguments goes. */
  readonly places: Readonly<Record<string, ArgumentPlace>>
  /** JSON Schema of its arguments. */
  readonly inputSchema: { readonly type: 'object' } & JsonSchema
}

/** Operations that are no tools. */
const untold: ReadonlySet<OperationId> = new Set<OperationId>([
  // Never ends.
  'streamEvents',
  // Bytes are nothing that a model reads or writes: those who have the files move them.
  'storeArtifact',
  'getArtifact',
  'getBatchArtifacts',
  // For programs that draw curves; getClusterMetrics says the same to those who read.
  'getPrometheusMetrics',
  // The same as getConfig.
  'getClusterConfig',
])

/** Query parameters that are no arguments: with `follow` the answer lasts as long as the task. */
const unasked: readonly string[] = ['follow']

/** Seconds that a call may wait. The official SDKs of MCP give up after 60, which the API allows. */
const LONGEST_WAIT_SECONDS = 50

const parametersOf = ({ parameters = [] }: DocumentedOperation, document: Document): readonly Parameter[] =>
  parameters.map((parameter) => {
    if (!('$ref' in parameter)) return parameter
    const found = document.components.parameters[referred(parameter)]
    if (found === undefined) throw new TypeError(`the document has no ${parameter.$ref}`)
    return found
  })

type Argument = {
  readonly name: string
  readonly place: ArgumentPlace
  readonly isRequired: boolean
  readonly schema: unknown
}

const argumentOf = ({ in: place, name, required, description, schema }: Parameter): readonly Argument[] => {
  const described = { ...schema, ...(name === 'wait' ? { maximum: LONGEST_WAIT_SECONDS } : {}), description }
  if (name === 'Idempotency-Key')
    return [{ name: 'idempotency_key', place: 'key', isRequired: false, schema: described }]
  // What else stands in headers is for caches and for streams.
  if (place === 'header' || unasked.includes(name)) return []
  return [{ name, place, isRequired: required, schema: described }]
}

const bodyOf = ({ requestBody }: DocumentedOperation): readonly Argument[] =>
  requestBody === undefined
    ? []
    : [
        {
          name: 'body',
          place: 'body',
          isRequired: requestBody.required,
          schema: requestBody.content['application/json'].schema,
        },
      ]

const toolOf = (method: string, operation: DocumentedOperation, document: Document): Tool => {
  const taken = [...parametersOf(operation, document).flatMap(argumentOf), ...bodyOf(operation)]
  const scope = operation['x-scope'] ?? null
  // A question that is too long for an address is asked by POST.
  const isReading = method === 'get' || scope === 'read'
  return {
    id: operation.operationId,
    scope,
    isReading,
    // RFC 9110 §9.2.2; a PATCH of this API sets values, and is idempotent too.
    isIdempotent: isReading || method !== 'post',
    title: operation.summary,
    description: `${operation.summary}. ${operation.description}`,
    places: Object.fromEntries(taken.map(({ name, place }) => [name, place])),
    inputSchema: {
      type: 'object',
      ...leanSchemas(Object.fromEntries(taken.map(({ name, schema }) => [name, schema])), document),
      required: taken.filter(({ isRequired }) => isRequired).map(({ name }) => name),
      additionalProperties: false,
    },
  }
}

/** The tools, in the order of the document. */
export const toolsOf = (document: Document): readonly Tool[] =>
  Object.values(document.paths)
    .flatMap((methods) => Object.entries(methods))
    .filter(([, { operationId }]) => !untold.has(operationId))
    .map(([method, operation]) => toolOf(method, operation, document))
