/** Schemas as an agent gets them: by themselves, and short, as it pays for them in every conversation. */
import { type Document, type JsonSchema, type Reference, referred } from './document.ts'

type Schemas = Readonly<Record<string, unknown>>

/** A property of fewer characters of JSON than this is not worth a reference. */
const WORTH_SHARING = 100

const isReference = (value: object): value is Reference => '$ref' in value && typeof value.$ref === 'string'

/** Examples are for those who read the document. References lead to `$defs`. */
const lean = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((one) => lean(one))
  if (typeof value !== 'object' || value === null) return value
  if (isReference(value)) return { ...value, $ref: `#/$defs/${referred(value)}` }
  const fields = Object.entries(value)
  const kept = key === 'properties' ? fields : fields.filter(([name]) => name !== 'example' && name !== 'examples')
  return Object.fromEntries(kept.map(([name, part]) => [name, lean(part, name)]))
}

/** The names of all components that a schema needs, those of its components included. */
const needed = (schema: unknown, document: Document, names = new Set<string>()): ReadonlySet<string> => {
  if (typeof schema !== 'object' || schema === null) return names
  if (!Array.isArray(schema) && isReference(schema) && !names.has(referred(schema))) {
    names.add(referred(schema))
    needed(document.components.schemas[referred(schema)], document, names)
  }
  for (const part of Object.values(schema)) needed(part, document, names)
  return names
}

const propertiesOf = (schema: unknown): Schemas => (schema as { readonly properties?: Schemas }).properties ?? {}

/**
 * Fields that several definitions have alike, such as those that all submissions share, stand once, which saves
 * a third of submitTask. They are named as the fields are, in snake_case, and so unlike the components.
 */
const sharing = (definitions: Schemas): Schemas => {
  const seen = new Set<string>()
  const shared = new Map<string, unknown>()
  for (const [name, schema] of Object.values(definitions).flatMap((one) => Object.entries(propertiesOf(one)))) {
    const text = JSON.stringify(schema)
    if (text.length < WORTH_SHARING) continue
    if (seen.has(text) && !shared.has(name)) shared.set(name, schema)
    seen.add(text)
  }
  const placed = (name: string, schema: unknown) =>
    shared.has(name) && JSON.stringify(shared.get(name)) === JSON.stringify(schema)
      ? { $ref: `#/$defs/${name}` }
      : schema
  const withShared = Object.entries(definitions).map(([component, schema]) => {
    const properties = Object.entries(propertiesOf(schema)).map(([name, field]) => [name, placed(name, field)] as const)
    const changed = properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }
    return [component, { ...(schema as object), ...changed }] as const
  })
  return { ...Object.fromEntries(withShared), ...Object.fromEntries(shared) }
}

/** The schemas of arguments, with all that they refer to. */
export const leanSchemas = (
  properties: Schemas,
  document: Document,
): { readonly properties: JsonSchema; readonly $defs?: JsonSchema } => {
  const components = [...needed(properties, document)].map((name) => [name, document.components.schemas[name]] as const)
  const leaned = lean(properties, 'properties') as JsonSchema
  if (components.length === 0) return { properties: leaned }
  const definitions = lean(Object.fromEntries(components), 'properties') as JsonSchema
  return { properties: leaned, $defs: sharing(definitions) }
}
