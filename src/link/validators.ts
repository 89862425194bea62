/**
 * The validator of each schema that crosses a link. In the one-file worker this module is replaced by validators that were
 * compiled when the file was made (`scripts/bundle-worker.ts`): Ajv and its compiler cost a worker 14 MB of memory.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import type { TSchema } from '@sinclair/typebox'
import { components } from '../../schemas/component.ts'

/** What is known of a value that does not meet its schema; null or undefined where it does. */
export type Validator = ((value: unknown) => boolean) & Pick<ValidateFunction, 'errors'>

/** An instant as `instant` of schemas/primitives.ts makes it; what is said on a link is kept, and shown as it is. */
const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** The options of the compiler. The schemas are our own, and tested elsewhere: checking them against the meta-schema would only cost start-up time. */
export const compilerOptions = {
  strict: true,
  strictTypes: false,
  validateSchema: false,
  meta: false,
  addUsedSchema: false,
  formats: { 'date-time': INSTANT },
} as const

// Made at the first message, not at start-up: loading the components and compiling all methods takes some 60 ms.
let ajv: Ajv | undefined

const compiler = (): Ajv => {
  if (ajv !== undefined) return ajv
  ajv = new Ajv(compilerOptions)
  for (const component of components().values()) ajv.addSchema(component)
  return ajv
}

const compiled = new WeakMap<TSchema, Validator>()

/** The validator of a schema, compiled when it is first asked for. */
export const validatorOf = (schema: TSchema): Validator => {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const validate: Validator = compiler().compile(schema)
  compiled.set(schema, validate)
  return validate
}
