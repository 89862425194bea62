/** Which fields of a message an end of the link knows: builds of one major version may differ in those that are optional. */
import type { TSchema } from '@sinclair/typebox'
import { resolve } from '../../schemas/component.ts'

/** The fields of a message by name; of a list, those of its items. `true`: all of the value, whatever it is. */
export type Fields = true | { readonly [name: string]: Fields }

const armsOf = (schema: TSchema): readonly TSchema[] => (schema.anyOf ?? schema.oneOf ?? []) as readonly TSchema[]

const read = (schema: TSchema): Fields => {
  if (schema.$ref !== undefined) return fieldsOf(resolve(schema))
  const arms = armsOf(schema).filter(({ type }) => type !== 'null')
  // Which of several shapes is meant cannot be told before it is checked; no message of the link has such a field.
  if (arms.length > 0) return arms.length === 1 && arms[0] !== undefined ? fieldsOf(arms[0]) : true
  if (schema.type === 'array') return fieldsOf(schema.items as TSchema)
  if (schema.type !== 'object' || schema.additionalProperties !== false) return true
  const properties = Object.entries(schema.properties as Readonly<Record<string, TSchema>>)
  return Object.fromEntries(properties.map(([name, property]) => [name, fieldsOf(property)]))
}

const known = new WeakMap<TSchema, Fields>()

/** The fields that a schema names. */
export const fieldsOf = (schema: TSchema): Fields => {
  const fields = known.get(schema) ?? read(schema)
  known.set(schema, fields)
  return fields
}

/** A value of JSON with the fields that are known alone. */
export const onlyKnown = (fields: Fields, value: unknown): unknown => {
  if (fields === true || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => onlyKnown(fields, item))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const within = Object.hasOwn(fields, name) ? fields[name] : undefined
      return within === undefined ? [] : [[name, onlyKnown(within, inner)]]
    }),
  )
}
