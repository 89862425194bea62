/** Turns Ajv's errors into findings. */
import type { ErrorObject } from 'ajv'
import type { TSchema } from '@sinclair/typebox'
import { INSTANT_PATTERN } from '../../../schemas/index.ts'
import { fieldsToChoose, isFieldArm } from './arms.ts'
import type { Fault, Finding, RequestPart } from './finding.ts'
import { nearest } from './nearest.ts'

/** More findings than this help nobody, and would cost the server more than they cost the caller. */
export const MOST_FINDINGS = 50

/** JSON pointer escapes (RFC 6901 §3). */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
const unescaped = (name: string) => name.replaceAll('~1', '/').replaceAll('~0', '~')

/** `/tags/2` → `tags[2]`, `/payload/repeat` → `repeat`, the root → the empty name. */
const nameOf = (path: string): string => {
  const segments = path.split('/').slice(1).map(unescaped)
  const last = segments.at(-1) ?? ''
  return /^\d+$/.test(last) && segments.length > 1 ? `${segments.at(-2) ?? ''}[${last}]` : last
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const suggested = (given: unknown, allowed: readonly unknown[]) => {
  const names = allowed.filter((value) => typeof value === 'string')
  const suggestion = typeof given === 'string' ? nearest(given, names) : undefined
  return suggestion === undefined ? {} : { suggestion }
}

/** The types that the arms of a union take. */
const typesOf = (arms: readonly TSchema[]): string[] => [
  ...new Set(arms.map((arm) => (typeof arm.type === 'string' ? arm.type : 'object'))),
]

/** What `type` is violated by: in texts a doubled scalar, or a spelling that is not canonical. */
const typeFault = (part: RequestPart, name: string, expected: readonly string[], given: unknown): Fault => {
  if (part !== 'body' && Array.isArray(given)) return { kind: 'repeated', name }
  const [only] = expected
  if (part !== 'body' && expected.length === 1 && only !== undefined) return { kind: 'text', name, expected: only }
  const isFraction = expected.includes('integer') && typeof given === 'number' && Number.isFinite(given)
  return { kind: 'type', name, expected, actual: isFraction ? 'fraction' : typeOf(given) }
}

/** An error of Ajv with the parameters that its keyword has (https://ajv.js.org/api.html#error-parameters). */
type Parameters = {
  readonly missingProperty: string
  readonly additionalProperty: string
  readonly type: string | string[]
  readonly allowedValues: unknown[]
  readonly allowedValue: unknown
  readonly limit: number
  readonly pattern: string
  readonly format: string
}

const faultOf = (part: RequestPart, error: ErrorObject): Fault & { readonly under?: string } => {
  const name = error.propertyName ?? nameOf(error.instancePath)
  const parameters = error.params as Parameters
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired':
      // Of a command that is a line: everybody sends one at first.
      if (error.schemaPath.endsWith('/then/required') && parameters.missingProperty === 'shell')
        return { kind: 'needs-shell', under: parameters.missingProperty }
      return { kind: 'missing', name: parameters.missingProperty, under: parameters.missingProperty }
    case 'additionalProperties': {
      const given = parameters.additionalProperty
      const allowed = Object.keys((error.parentSchema?.properties ?? {}) as object)
      return { kind: 'unknown', name: given, allowed, ...suggested(given, allowed), under: given }
    }
    case 'type':
      return typeFault(part, name, [parameters.type].flat(), error.data)
    case 'anyOf':
    case 'oneOf': {
      const fields = fieldsToChoose(error)
      if (fields !== undefined) return { kind: 'exactly-one', name, fields }
      return typeFault(part, name, typesOf(error.schema as TSchema[]), error.data)
    }
    case 'enum':
      return part !== 'body' && Array.isArray(error.data)
        ? { kind: 'repeated', name }
        : {
            kind: 'choice',
            name,
            allowed: parameters.allowedValues,
            ...suggested(error.data, parameters.allowedValues),
          }
    case 'const':
      return { kind: 'choice', name, allowed: [parameters.allowedValue] }
    case 'minimum':
      return { kind: 'least', name, limit: parameters.limit }
    case 'maximum':
      return { kind: 'most', name, limit: parameters.limit }
    case 'exclusiveMinimum':
      return { kind: 'above', name, limit: parameters.limit }
    case 'exclusiveMaximum':
      return { kind: 'below', name, limit: parameters.limit }
    case 'minLength':
      return { kind: 'shortest', name, limit: parameters.limit, unit: 'characters' }
    case 'maxLength':
      return { kind: 'longest', name, limit: parameters.limit, unit: 'characters' }
    case 'minItems':
      return { kind: 'shortest', name, limit: parameters.limit, unit: 'items' }
    case 'maxItems':
      return { kind: 'longest', name, limit: parameters.limit, unit: 'items' }
    case 'minProperties':
      return { kind: 'shortest', name, limit: parameters.limit, unit: 'fields' }
    case 'maxProperties':
      return { kind: 'longest', name, limit: parameters.limit, unit: 'fields' }
    case 'uniqueItems':
      return { kind: 'duplicates', name }
    case 'pattern':
      // The pattern of an instant is exact, and longer than anybody reads.
      return parameters.pattern === INSTANT_PATTERN
        ? { kind: 'instant', name }
        : { kind: 'pattern', name, pattern: parameters.pattern }
    case 'format':
      return { kind: 'format', name, format: parameters.format }
    default:
      return { kind: 'refused', name }
  }
}

/** True for an error that only repeats another: of a key, the error of the keyword that holds it; of a condition, what does not follow; of a choice of fields, that one is missing; of a text, its pattern beside its length. */
const repeats = (error: ErrorObject, all: readonly ErrorObject[]): boolean =>
  error.keyword === 'propertyNames' ||
  error.keyword === 'if' ||
  (error.keyword === 'required' && isFieldArm(error.parentSchema)) ||
  (['pattern', 'enum'].includes(error.keyword) &&
    all.some(
      (other) =>
        other !== error &&
        other.instancePath === error.instancePath &&
        other.propertyName === error.propertyName &&
        ['minLength', 'maxLength', 'type'].includes(other.keyword),
    ))

/** What Ajv found in a part of a request. */
export const findingsOf = (part: RequestPart, errors: readonly ErrorObject[]): Finding[] =>
  errors
    .filter((error) => !repeats(error, errors))
    .map((error) => {
      const { under = error.propertyName, ...fault } = faultOf(part, error)
      const path = under === undefined ? error.instancePath : `${error.instancePath}/${escaped(under)}`
      return { ...fault, in: part, path }
    })
