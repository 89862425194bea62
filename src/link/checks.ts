/** Checks values against the schemas of the contract. */
import type { TSchema } from '@sinclair/typebox'
import { fieldsOf, onlyKnown } from './known-fields.ts'
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

/** What was received, as its schema knows it; or what is wrong with it. */
export type Received = { readonly value: unknown; readonly problem?: never } | { readonly problem: string }

/**
 * Reads a value that another build may have sent: fields that its schema does not name are dropped, at every depth.
 * @example received(linkMethods['device.heartbeat'].params, { telemetry, mood: 'good' }) // { value: { telemetry } }
 */
export const received = (schema: TSchema, value: unknown): Received => {
  // Nearly every message has no such field: it is looked at once, and copied never.
  if (problemOf(schema, value) === undefined) return { value }
  const known = onlyKnown(fieldsOf(schema), value)
  const problem = problemOf(schema, known)
  return problem === undefined ? { value: known } : { problem }
}
