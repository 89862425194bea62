/** The part of an OpenAPI document that the Python client is made of. */

/** A schema of the document. */
export type Schema = {
  readonly $ref?: string
  readonly description?: string
  readonly type?: string
  readonly const?: string | boolean
  readonly enum?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>

type Parameter = {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly description: string
  readonly schema: Schema
}

type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** The document. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly parameters: Readonly<Record<string, Parameter>>
  }
}

/** An operation, with where it stands and what it takes and gives. */
export type Route = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly query: readonly Parameter[]
  readonly body: Schema | undefined
  /** What it gives: the `data` of its envelope, or what is sent without one. */
  readonly answer: Schema
  /** A name for that, where it has none of its own. */
  readonly answerName: string
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The name at the end of a reference. */
export const referred = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

/** What a reference into the document leads to; other schemas as they are. @throws Error where it leads nowhere */
export const resolved = ({ components }: Document, schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema
  const target = components.schemas[referred(schema.$ref)]
  if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`)
  return target
}

const answerOf = (document: Document, { operationId, responses }: Operation) => {
  const { content = {} } = responses['200'] ?? responses['201'] ?? {}
  const [schema] = Object.values(content).map((one) => one.schema)
  if (schema === undefined) throw new Error(`${operationId} gives nothing`)
  const name = schema.$ref === undefined ? operationId : referred(schema.$ref)
  const { data } = 'application/json' in content ? (resolved(document, schema).properties ?? {}) : {}
  return { answer: data ?? schema, answerName: `${name}Data` }
}

/** All operations of the document, in its order. */
export const routesOf = (document: Document): Route[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      if (operation === undefined) return []
      const parameters = (operation.parameters ?? []).map((parameter) => {
        const target =
          parameter.$ref === undefined ? parameter : document.components.parameters[referred(parameter.$ref)]
        if (target === undefined) throw new Error(`${parameter.$ref} leads nowhere`)
        return target
      })
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        query: parameters.filter((parameter) => parameter.in === 'query'),
        body: operation.requestBody?.content['application/json']?.schema,
        ...answerOf(document, operation),
      }
    }),
  )
