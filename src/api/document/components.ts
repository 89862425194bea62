/** `components.schemas` of the document: the contract as it is written, named by `$id`. */
import type { TSchema } from '@sinclair/typebox'
import { components, resolve } from '../../../schemas/index.ts'

const PREFIX = '#/components/schemas/'

const LARGEST_INT32 = 2_147_483_647

/**
 * What generators of clients and linters want to be told, and the bounds tell already: the width of a whole number, and of a
 * free text that it may hold anything, line breaks included.
 */
const explicit = (schema: object): object => {
  const { type, minimum, maximum } = schema as { type?: unknown; minimum?: number; maximum?: number }
  if (type === 'integer' && !('format' in schema)) {
    const fits = (bound: number | undefined) => bound !== undefined && Math.abs(bound) <= LARGEST_INT32
    return { format: fits(minimum) && fits(maximum) ? 'int32' : 'int64' }
  }
  const isFree = type === 'string' && !['format', 'pattern', 'enum', 'const'].some((keyword) => keyword in schema)
  return isFree ? { pattern: '^[\\s\\S]*$' } : {}
}

/**
 * The values of a discriminator, each with its component: without it the names of the components themselves would be taken for
 * the values (OpenAPI 3.1.1 §4.8.25). Ajv, which finds the values in the components, lets no mapping stand in the schema.
 */
const mapped = (schema: object): object => {
  const { discriminator, oneOf } = schema as { discriminator?: { propertyName: string }; oneOf?: TSchema[] }
  if (discriminator === undefined || oneOf === undefined) return {}
  const { propertyName } = discriminator
  const mapping = Object.fromEntries(
    oneOf.map((arm) => {
      const { [propertyName]: property } = resolve(arm).properties as Record<string, TSchema>
      return [String(property?.const), PREFIX + String(arm.$ref)]
    }),
  )
  return { discriminator: { propertyName, mapping } }
}

/** A schema as the document shows it: references point into the document, and the `$id` is the name. */
export const documented = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(documented)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries({ ...schema, ...explicit(schema), ...mapped(schema) })
      .filter(([keyword]) => keyword !== '$id')
      .map(([keyword, value]) => [
        keyword,
        keyword === '$ref' && typeof value === 'string' && !value.startsWith('#')
          ? PREFIX + value
          : keyword === 'examples' || keyword === 'default'
            ? value
            : documented(value),
      ]),
  )
}

const namesIn = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(namesIn)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string'
      ? value.startsWith(PREFIX)
        ? [value.slice(PREFIX.length)]
        : []
      : namesIn(value),
  )
}

/** The components that `roots` refer to, directly or through others, by name in alphabetical order. */
export const referencedComponents = (...roots: readonly unknown[]): Record<string, unknown> => {
  const all: ReadonlyMap<string, TSchema> = components()
  const found = new Map<string, unknown>()
  const queue = roots.flatMap(namesIn)
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    const schema = documented(all.get(name))
    found.set(name, schema)
    queue.push(...namesIn(schema))
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}
