/** Checks values against the schemas of the contract. */
import type { TSchema } from '@sinclair/typebox'
import { validatorOf } from './validators.ts'

/**
 * How deep a message may be nested. Payloads are at most 32 deep (CONTRACT.md §3); beyond a few thousand,
 * `JSON.stringify` would exhaust the stack of whoever passes the value on.
 */
const MAX_DEPTH = 128

/** Whether a value of JSON is nested deeper than so many levels; it looks no deeper than that. */
export const isDeeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

/** Whether a message is nested deeper than any message of the contract needs to be. */
export const isTooDeep = (message: unknown): boolean => isDeeperThan(message, MAX_DEPTH)

/**
 * What is wrong with a value: the first problem in one sentence, with a JSON pointer; undefined where it meets the schema.
 * @example problemOf(linkMethods['task.cancel'].params, {}) // "must have required property 'task_id'"
 */
export const problemOf = (schema: TSchema, value: unknown): string | undefined => {
  const validate = validatorOf(schema)
  if (validate(value)) return undefined
  const first = validate.errors?.[0]
  return `${first?.instancePath ?? ''} ${first?.message ?? 'does not meet its schema'}`.trim()
}
