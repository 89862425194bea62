/**
 * Reads the text of query strings and path parameters by the types of their schema, and nothing but the one canonical way
 * to write each value: `05`, `1e1`, `5.0`, `+5`, ` 5`, `TRUE` and the empty text stay text, which the schema then refuses.
 */
import type { TSchema } from '@sinclair/typebox'

const INTEGER = /^(?:0|-?[1-9]\d*)$/
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

const scalar = (text: unknown, type: unknown): unknown => {
  if (typeof text !== 'string') return text
  if (type === 'integer') return INTEGER.test(text) ? Number(text) : text
  if (type === 'number') return DECIMAL.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

const read = (given: unknown, schema: TSchema | undefined): unknown => {
  if (schema?.type !== 'array') return scalar(given, schema?.type)
  // One value of a repeatable parameter comes as text, several as an array.
  const items: unknown[] = Array.isArray(given) ? given : [given]
  return items.map((item) => scalar(item, (schema.items as TSchema).type))
}

/**
 * The values that `given` spells, and the schema's defaults for what is absent. A parameter that is given twice where one is
 * meant stays an array, which the schema refuses.
 */
export const readCanonical = (given: unknown, schema: TSchema): unknown => {
  const properties = (schema.properties ?? {}) as Record<string, TSchema>
  const defaults = Object.entries(properties)
    .filter(([, { default: value }]) => value !== undefined)
    .map(([name, { default: value }]): [string, unknown] => [name, value])
  // fromEntries defines own properties, so that even a parameter called __proto__ is seen and refused.
  return Object.fromEntries([
    ...defaults,
    ...Object.entries(given ?? {}).map(([name, value]): [string, unknown] => [
      name,
      read(value, Object.hasOwn(properties, name) ? properties[name] : undefined),
    ]),
  ])
}
