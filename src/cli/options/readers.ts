/** How values are read: text from flags and variables, JSON from the config file. Both give the same type, or say what would be right. */
import type { Static, TSchema } from '@sinclair/typebox'
import { ID_PATTERN } from '../../../schemas/primitives.ts'

/** A value that cannot be taken. The message goes on from "must be". */
export class BadValue extends Error {
  override readonly name = 'BadValue'
}

/** Reads the values of a flag. */
export type Reader<T> = {
  /** What help shows for the value; null for a flag that takes none. */
  readonly placeholder: string | null
  /** True where the flag may be given several times. */
  readonly repeatable: boolean
  /** True where a value must not be shown, not even a wrong one. */
  readonly secret: boolean
  /** From the occurrences of a flag on the command line. @throws BadValue */
  readonly fromFlag: (texts: readonly string[]) => T
  /** From an environment variable. @throws BadValue */
  readonly fromVariable: (text: string) => T
  /** From the config file. @throws BadValue */
  readonly fromFile: (value: unknown) => T
}

const scalar = <T>(placeholder: string, fromText: (text: string) => T, fromFile: (value: unknown) => T): Reader<T> => ({
  placeholder,
  repeatable: false,
  secret: false,
  // Given twice, the last one counts, as shells and other programs have it.
  fromFlag: (texts) => fromText(texts.at(-1) ?? ''),
  fromVariable: fromText,
  fromFile,
})

/** Text that `parse` takes apart, undefined where it cannot; `must` goes on from "must be". The file has it as a string too. */
export const parsed = <T>(placeholder: string, parse: (text: string) => T | undefined, must: string): Reader<T> => {
  const check = (value: unknown): T => {
    const result = typeof value === 'string' ? parse(value) : undefined
    if (result === undefined) throw new BadValue(must)
    return result
  }
  return scalar(placeholder, check, check)
}

/** Text that meets a pattern; `must` goes on from "must be". */
export const text = (placeholder: string, pattern = /^[^\0]+$/, must = 'a text that is not empty'): Reader<string> =>
  parsed(placeholder, (value) => (pattern.test(value) ? value : undefined), must)

/** The same reader, which takes `none` besides, and null in the file: both are null. */
export const orNone = <T>(reader: Reader<T>): Reader<T | null> => {
  const read = (value: unknown, otherwise: () => T): T | null => {
    if (value === 'none') return null
    try {
      return otherwise()
    } catch (error) {
      throw error instanceof BadValue ? new BadValue(`${error.message}, or none`) : error
    }
  }
  return {
    ...reader,
    placeholder: `${reader.placeholder ?? ''}|none`,
    fromFlag: (texts) => read(texts.at(-1), () => reader.fromFlag(texts)),
    fromVariable: (value) => read(value, () => reader.fromVariable(value)),
    fromFile: (value) => (value === null ? null : read(value, () => reader.fromFile(value))),
  }
}

/** The same reader for values that must not be shown. */
export const secret = <T>(reader: Reader<T>): Reader<T> => ({ ...reader, secret: true })

/** A flag that is on when it is given; its variable says `true` or `false`. */
export const toggle: Reader<boolean> = {
  placeholder: null,
  repeatable: false,
  secret: false,
  fromFlag: () => true,
  fromVariable: (value) => {
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw new BadValue('true or false')
  },
  fromFile: (value) => {
    if (typeof value !== 'boolean') throw new BadValue('true or false')
    return value
  },
}

const items = <T>(item: Reader<T>, texts: readonly string[]): readonly T[] =>
  texts.map((value) => item.fromFlag([value]))
const commaSeparated = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** A flag that is given once for each value; commas separate them in a variable, and the file has an array. */
export const repeated = <T>(item: Reader<T>): Reader<readonly T[]> => ({
  placeholder: item.placeholder ?? '',
  repeatable: true,
  secret: item.secret,
  fromFlag: (texts) => items(item, texts),
  fromVariable: (value) => items(item, commaSeparated(value)),
  fromFile: (value) => {
    if (!Array.isArray(value)) throw new BadValue('an array')
    return value.map((element: unknown) => item.fromFile(element))
  },
})

/** As {@link repeated}, but commas separate values on the command line too. */
export const commaList = <T>(item: Reader<T>): Reader<readonly T[]> => ({
  ...repeated(item),
  placeholder: `${item.placeholder ?? ''},…`,
  fromFlag: (texts) => items(item, texts.flatMap(commaSeparated)),
})

const integerText = /^-?(0|[1-9]\d*)$/
const numberText = /^-?(0|[1-9]\d*)(\.\d+)?$/

const bounds = (minimum: unknown, maximum: unknown): string =>
  typeof minimum === 'number' && typeof maximum === 'number' ? ` from ${minimum} to ${maximum}` : ''

const number = (schema: TSchema, placeholder: string, pattern: RegExp, noun: string): Reader<number> => {
  const must = `${noun}${bounds(schema.minimum, schema.maximum)}`
  const check = (value: unknown): number => {
    const whole = schema.type === 'integer'
    if (
      typeof value !== 'number' ||
      !Number.isFinite(value) ||
      (whole && !Number.isSafeInteger(value)) ||
      (typeof schema.minimum === 'number' && value < schema.minimum) ||
      (typeof schema.maximum === 'number' && value > schema.maximum)
    )
      throw new BadValue(must)
    return value
  }
  return scalar(placeholder, (value) => check(pattern.test(value) ? Number(value) : undefined), check)
}

const choice = (values: readonly string[]): Reader<string> => {
  const check = (value: unknown): string => {
    const found = values.find((one) => one === value)
    if (found === undefined) throw new BadValue(`one of ${values.join(', ')}`)
    return found
  }
  return scalar(values.join('|'), check, check)
}

const words = (schema: TSchema, longest: number): string => {
  if (schema.pattern === ID_PATTERN) return '1 to 64 letters, digits, dots, underscores and hyphens'
  const [example] = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : []
  if (typeof example === 'string') return `text such as ${example}`
  return typeof schema.pattern === 'string'
    ? `text that matches ${schema.pattern}`
    : `a text of 1 to ${longest} characters`
}

const bounded = (schema: TSchema, placeholder: string): Reader<string> => {
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : /^[^\0]+$/u
  const longest = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity
  return parsed(
    placeholder,
    (value) => (value.length <= longest && pattern.test(value) ? value : undefined),
    words(schema, longest),
  )
}

/**
 * The reader of what a schema of the contract describes: a bound stands there once, and flags obey it too.
 * Knows strings (enum, pattern, maxLength), integers, numbers and booleans.
 * @throws TypeError for any other schema
 */
export const ofSchema = <T extends TSchema>(schema: T, placeholder: string): Reader<Static<T>> => {
  const read = (): Reader<unknown> => {
    if (Array.isArray(schema.enum)) return choice(schema.enum as string[])
    switch (schema.type) {
      case 'string':
        return bounded(schema, placeholder)
      case 'integer':
        return number(schema, placeholder, integerText, 'a whole number')
      case 'number':
        return number(schema, placeholder, numberText, 'a number')
      case 'boolean':
        return toggle
      default:
        throw new TypeError(`no flag can be read by the schema ${JSON.stringify(schema)}`)
    }
  }
  return read()
}
