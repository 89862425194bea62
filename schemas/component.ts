/** Named schema components: one declaration gives the TypeScript type and the component of the OpenAPI document. */
import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'

const registry = new Map<string, TSchema>()

/**
 * Registers a schema under a name and returns a reference to it with the type inferred.
 * @throws TypeError where the name is taken: a shape is written once.
 * @example const Battery = component('Battery', object('A battery.', { level: percentage('Charge.') }))
 */
export const component = <T extends TSchema>(name: string, schema: T): TUnsafe<Static<T>> => {
  if (registry.has(name)) throw new TypeError(`the schema component ${name} is declared twice`)
  registry.set(name, { ...schema, $id: name })
  return Type.Unsafe<Static<T>>(Type.Ref(name))
}

/** Every component declared so far, by name, each with its `$id`. */
export const components = (): ReadonlyMap<string, TSchema> => registry

/** The schema that a reference made by {@link component} stands for. Throws where `reference` is none of ours. */
export const resolve = (reference: TSchema): TSchema => {
  const name: unknown = reference.$ref
  const schema = typeof name === 'string' ? registry.get(name) : undefined
  if (schema === undefined) throw new TypeError(`not a schema component: ${JSON.stringify(reference)}`)
  return schema
}

/** A closed object: what is not named is refused. */
export const object = <T extends TProperties>(
  description: string,
  properties: T,
  more: Record<string, unknown> = {},
): TObject<T> => Type.Object(properties, { description, additionalProperties: false, ...more })

/** Headers of a request: those beside the described ones are anybody's own. */
export const requestHeaders = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: true })

/** For `allOf` of an object: that exactly one of these fields is given. Types do not show it. */
export const exactlyOne = (...fields: readonly string[]): { oneOf: { required: string[] }[] } => ({
  oneOf: fields.map((field) => ({ required: [field] })),
})

/**
 * A reference with a description of its own beside it (JSON Schema 2020-12 allows siblings of `$ref`).
 * @param schema - what {@link component} returned
 */
export const described = <T extends TSchema>(schema: T, description: string): T => ({ ...schema, description })

/** One of some strings, as one `enum` (a union of literals would become an `anyOf` of one-value enums). */
export const oneOf = <const T extends readonly string[]>(
  values: T,
  description: string,
  more: Record<string, unknown> = {},
): TUnsafe<T[number]> => Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description, ...more })

/** A value that may be missing because nobody knows it: `null` is "no data", never zero. */
export const nullable = <T extends TSchema>(schema: T): TUnsafe<Static<T> | null> => {
  const { description, ...rest } = schema as T & { description?: string }
  return Type.Unsafe<Static<T> | null>({
    anyOf: [rest, { type: 'null' }],
    ...(description === undefined ? {} : { description }),
  })
}
