/** The OpenAPI document, as far as tools are made of it. */
import type { Scope } from '../../../schemas/access.ts'
import type { OperationId } from '../../client/operations.ts'

/** A JSON Schema, as it stands in the document. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A parameter of an operation. */
export type Parameter = {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: JsonSchema
}

/** A reference to a component. */
export type Reference = { readonly $ref: string }

/** An operation. */
export type DocumentedOperation = {
  readonly operationId: OperationId
  readonly summary: string
  readonly description: string
  /** The scope that a key needs; absent where none is asked for. */
  readonly 'x-scope'?: Scope
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
}

/** The document. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly parameters: Readonly<Record<string, Parameter>>
  }
}

/** What a reference of the document leads to: the last part of its path. */
export const referred = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1)
