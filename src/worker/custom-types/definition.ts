/** A task type as its file defines it. */
import type { TaskContext } from './context.ts'

/** A task type. */
export type Definition = {
  /** The JSON Schema of its payload. A schema of TypeBox is one. */
  readonly schema: Readonly<Record<string, unknown>>
  /** What it does; absent: what the schema says. */
  readonly description?: string
  /** Does a task. What it returns, or promises, is the value. */
  readonly run: (payload: Readonly<Record<string, unknown>>, context: TaskContext) => unknown
}

/** What is wrong with a file, in a sentence without its end. */
export class BadTaskFile extends Error {
  override readonly name = 'BadTaskFile'
}

/** True for an object that is no list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a module exports as its task types, by name.
 * @throws BadTaskFile where it exports none
 */
export const exportedBy = (module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const exported = module.default ?? module.tasks
  if (isObject(exported)) return exported
  throw new BadTaskFile('it exports no task types: export default { NAME: { schema, run } } is needed')
}
