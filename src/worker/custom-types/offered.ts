/** The task types of a module as a device offers them, and what may be wrong with them. */
import type { Offer } from '../../../schemas/device-profile.ts'
import { ID_PATTERN } from '../../../schemas/primitives.ts'
import { isBuiltin } from '../../../schemas/task-types.ts'
import { isDeeperThan } from '../../link/checks.ts'
import { checkPayloadSchema } from '../../link/payloads.ts'
import { BadTaskFile, exportedBy, isObject } from './definition.ts'

/** Types that a device offers, as `Offer` bounds them. */
const MOST_TYPES = 200
/** Characters of a description. */
const LONGEST_DESCRIPTION = 1024
/** Bytes of a schema as JSON: all of them go to the node with every hello. */
const LARGEST_SCHEMA = 16_384
/** How deep a schema may be nested: two levels for each of a payload, which has 32 at the most. */
const DEEPEST_SCHEMA = 64

const FIELDS: readonly string[] = ['schema', 'description', 'run']
const NAME = new RegExp(ID_PATTERN)

/** The schema as JSON has it: that is what the node reads. @throws BadTaskFile that says what is wrong with it */
const schemaOf = (schema: unknown): Record<string, unknown> => {
  if (!isObject(schema)) throw new BadTaskFile('its schema must be an object')
  if (schema.type !== undefined && schema.type !== 'object')
    throw new BadTaskFile('its schema must be that of an object: a payload is one')
  if (isDeeperThan(schema, DEEPEST_SCHEMA))
    throw new BadTaskFile(`its schema is nested deeper than ${DEEPEST_SCHEMA} levels`)
  const json = JSON.stringify(schema)
  if (Buffer.byteLength(json) > LARGEST_SCHEMA)
    throw new BadTaskFile(`its schema is larger than ${LARGEST_SCHEMA} bytes`)
  const read = JSON.parse(json) as Record<string, unknown>
  try {
    checkPayloadSchema(read)
  } catch (error) {
    throw new BadTaskFile(`its schema cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  return read
}

const typeOf = (task_type: string, definition: unknown): Offer['custom_types'][number] => {
  if (!NAME.test(task_type)) throw new BadTaskFile('a name has 1 to 64 letters, digits, dots, underscores and hyphens')
  if (isBuiltin(task_type)) throw new BadTaskFile('a type of this name is built in; choose another')
  if (!isObject(definition)) throw new BadTaskFile('it must be an object with schema and run')
  const unknown = Object.keys(definition).find((field) => !FIELDS.includes(field))
  if (unknown !== undefined) throw new BadTaskFile(`${unknown} is none of its fields (${FIELDS.join(', ')})`)
  if (typeof definition.run !== 'function') throw new BadTaskFile('its run must be a function')
  const payload_schema = schemaOf(definition.schema)
  const { description = payload_schema.description ?? '' } = definition
  if (typeof description !== 'string' || description.length > LONGEST_DESCRIPTION)
    throw new BadTaskFile(`its description must be a text of at most ${LONGEST_DESCRIPTION} characters`)
  return { task_type, description, payload_schema }
}

/**
 * The types that a module defines.
 * @throws BadTaskFile that says what is wrong, and with which of them
 */
export const offered = (module: Readonly<Record<string, unknown>>): Offer['custom_types'] => {
  const entries = Object.entries(exportedBy(module))
  if (entries.length > MOST_TYPES) throw new BadTaskFile(`it has more than ${MOST_TYPES} task types`)
  return entries.map(([name, definition]) => {
    try {
      return typeOf(name, definition)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new BadTaskFile(`task type ${JSON.stringify(name.slice(0, 80))}: ${what}`, { cause: error })
    }
  })
}
