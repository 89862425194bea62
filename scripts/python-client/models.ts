/** The shapes of the API as TypedDicts: what is on the wire is what the program holds, and nothing is mapped. */
import { docstring, head, isKeyword, literal, pascalCase } from './python.ts'
import { type Document, referred, resolved, type Route, type Schema } from './schema.ts'

/** Parameters that the client sends by itself, or takes by position. */
const OF_THE_CLIENT: ReadonlySet<string> = new Set(['cursor', 'wait', 'types', 'follow'])

const SCALARS: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
}

/** What is made of the shapes. */
export type Models = {
  /** The Python type of a schema, as it is called within the module of the models. */
  typeOf(schema: Schema, name: string): string
  /** The module. To be asked for last. */
  text(): string
}

/** Fields of a TypedDict, each on its lines, with what the document says of it. */
const fieldsOf = (fields: readonly (readonly [name: string, type: string, description: string | undefined])[]) =>
  fields
    .map(([name, type, text]) => `    ${name}: ${type}\n${text === undefined ? '' : docstring(text, '    ')}`)
    .join('\n')

/** Makes types of schemas, and of whatever these refer to. */
export const modelsOf = (document: Document): Models => {
  const aliases = new Map<string, string>()
  const classes = new Map<string, string>()
  const unions = new Map<string, string>()
  /** Shapes that are told apart by their fields: only of a final one does a type checker know that it has no others. */
  const finals = new Set<string>()
  const begun = new Map<string, Schema>()

  const classOf = (name: string, schema: Schema): string => {
    const required = new Set(schema.required)
    const total = required.size > 0
    const typed = Object.entries(schema.properties ?? {}).map(([field, shape]) => {
      const type = typeOf(shape, `${name}${pascalCase(field)}`)
      const text = shape.$ref === undefined ? shape.description : resolved(document, shape).description
      return [field, total && !required.has(field) ? `NotRequired[${type}]` : type, text] as const
    })
    // A keyword can't be a field in the body of a class; the functional form takes any name.
    const keywords = typed.filter(([field]) => isKeyword(field))
    const base = keywords.length === 0 ? 'TypedDict' : `_${name}Keywords`
    const functional = keywords.map(([field, type]) => `${literal(field)}: ${literal(type)}`).join(', ')
    const before =
      keywords.length === 0
        ? ''
        : `${base} = TypedDict("${base}", {${functional}}${total ? '' : ', total=False'})\n\n\n`
    const fields = fieldsOf(typed.filter(([field]) => !isKeyword(field)))
    const text = schema.description === undefined ? '' : `${docstring(schema.description, '    ')}\n`
    const body = `${text}${fields}` === '' ? '    pass\n' : `${text}${fields}`
    return `${before}class ${name}(${base}${total ? '' : ', total=False'}):\n${body}`
  }

  const named = (name: string, schema: Schema): string => {
    const one = begun.get(name)
    if (one !== undefined && one !== schema) throw new Error(`two shapes would be called ${name}`)
    if (one === undefined) {
      begun.set(name, schema)
      const text = docstring(schema.description ?? '', '')
      const parts = schema.anyOf ?? schema.oneOf
      if (schema.enum !== undefined) aliases.set(name, `${name} = ${typeOf(schema, name)}\n${text}`)
      else if (parts === undefined) classes.set(name, classOf(name, schema))
      else {
        const types = parts.map((part) => typeOf(part, name))
        for (const type of types) finals.add(type)
        // Evaluated where it stands, so with what Python 3.9 can evaluate.
        unions.set(name, `${name} = Union[\n${types.map((type) => `    ${type},\n`).join('')}]\n${text}`)
      }
    }
    return name
  }

  const typeOf = (schema: Schema, name: string): string => {
    if (schema.$ref !== undefined) {
      const target = resolved(document, schema)
      const hasName = target.enum ?? target.anyOf ?? target.oneOf ?? target.properties
      return hasName === undefined ? typeOf(target, name) : named(referred(schema.$ref), target)
    }
    if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`
    if (schema.enum !== undefined) return `Literal[${schema.enum.map(literal).join(', ')}]`
    const parts = schema.anyOf ?? schema.oneOf
    if (parts !== undefined) return parts.map((part) => typeOf(part, name)).join(' | ')
    if (schema.items !== undefined) return `list[${typeOf(schema.items, name)}]`
    if (schema.properties !== undefined) return named(name, schema)
    if (schema.type === 'object')
      return typeof schema.additionalProperties === 'object'
        ? `dict[str, ${typeOf(schema.additionalProperties, name)}]`
        : 'dict[str, Any]'
    return SCALARS[schema.type ?? ''] ?? 'Any'
  }

  return {
    typeOf,
    text: () => {
      const decorated = [...classes].map(([name, one]) => (finals.has(name) ? `@final\n${one}` : one))
      const all = [...aliases.values(), ...decorated, ...unions.values()]
      const imports = [
        'from typing import Any, Literal, TypedDict, Union, final',
        '',
        'from ._typing import NotRequired',
      ]
      const names = [...aliases.keys(), ...classes.keys(), ...unions.keys()].sort()
      const exported = `__all__ = [\n${names.map((name) => `    "${name}",\n`).join('')}]\n`
      return `${head('The shapes of the API, under the names that they have in its OpenAPI document.')}
${imports.join('\n')}\n\n${exported}\n\n${all.join('\n\n')}`
    },
  }
}

/** The named parameters of an operation's query, as a schema; undefined where it has none. */
export const querySchema = ({ query }: Route, description: string): Schema | undefined => {
  const left = query.filter(({ name }) => !OF_THE_CLIENT.has(name))
  if (left.length === 0) return undefined
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(left.map(({ name, schema, ...more }) => [name, { ...schema, ...more }])),
  }
}
