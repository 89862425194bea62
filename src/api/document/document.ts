/**
 * Completes the document that @fastify/swagger collects. It knows the routes and their parameters; answers with headers and
 * examples, bodies that may be left out, and schemas as they are written (it rewrites patterns and drops what stands beside
 * a `$ref`) are put in here, from the declarations of the operations.
 */
import type { Operation } from '../operation/operation.ts'
import { documented, referencedComponents } from './components.ts'
import { headerComponents } from './headers.ts'
import { otherResponses, successResponse } from './responses.ts'
import { shareAlike } from './sharing.ts'
import { tags } from './tags.ts'

/** An OpenAPI document, as far as it is looked into here. */
export type OpenApiDocument = {
  readonly openapi: string
  readonly paths: Record<string, Record<string, object>>
  readonly components: Record<string, Record<string, unknown>>
} & Record<string, unknown>

/** How a key is sent. */
const securitySchemes = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'An API key, where the server runs with `--auth`.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token (RFC 6750).' },
}

const security = (operation: Operation) => (operation.scope === null ? [] : [{ apiKey: [] }, { bearer: [] }])

const describe = ({ description, scope }: Operation): string => {
  const needs = scope === null ? 'Open to everybody.' : `With \`--auth\`, needs a key with the scope \`${scope}\`.`
  return description === undefined ? needs : `${description}\n\n${needs}`
}

const requestBody = (body: NonNullable<Operation['body']>) => ({
  required: !body.optional,
  content: { [body.media]: { schema: documented(body.schema), example: body.example } },
})

/** An operation as @fastify/swagger collects it. */
type Collected = { readonly operationId: string; readonly parameters?: readonly Parameter[] }
type Parameter = { readonly name: string; readonly in: string }

/** `device_id` in the path → `DeviceIdInPath`. */
const parameterName = ({ name, in: part }: Parameter) =>
  `${name}-in-${part}`
    .split(/[_-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const parametersOf = ({ parameters = [] }: Collected): Parameter[] => documented(parameters) as Parameter[]

/** The document, whole. @param operations - by `operationId` */
export const complete = (collected: OpenApiDocument, operations: ReadonlyMap<string, Operation>): OpenApiDocument => {
  const routes = Object.values(collected.paths).flatMap((methods) => Object.values(methods) as Collected[])
  const parameters = shareAlike(
    'parameters',
    routes.flatMap(parametersOf).map((parameter) => [parameterName(parameter), parameter] as const),
  )
  const responses = shareAlike(
    'responses',
    [...operations.values()].flatMap(otherResponses).map(({ name, response }) => [name, response] as const),
  )

  const completed = (route: Collected): object => {
    const operation = operations.get(route.operationId)
    if (operation === undefined) throw new TypeError(`no operation is declared as ${route.operationId}`)
    const own = parametersOf(route).map((parameter) => parameters.place(parameterName(parameter), parameter))
    return {
      operationId: operation.id,
      tags: [operation.tag],
      summary: operation.summary,
      description: describe(operation),
      security: security(operation),
      // For programs to read. OpenAPI would have it as a role in `security`, which linters of today take for an OAuth scope.
      ...(operation.scope === null ? {} : { 'x-scope': operation.scope }),
      ...(own.length === 0 ? {} : { parameters: own }),
      ...(operation.body === undefined ? {} : { requestBody: requestBody(operation.body) }),
      responses: {
        [String(operation.status)]: successResponse(operation, operations),
        ...Object.fromEntries(
          otherResponses(operation).map(({ status, name, response }) => [status, responses.place(name, response)]),
        ),
      },
    }
  }

  const paths = Object.fromEntries(
    Object.entries(collected.paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, route]) => [method, completed(route as Collected)])),
    ]),
  )
  return {
    ...collected,
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes,
      headers: documented(headerComponents) as Record<string, unknown>,
      parameters: parameters.components,
      responses: responses.components,
      schemas: referencedComponents(paths, parameters.components, responses.components),
    },
  }
}
