/**
 * Fastify's validator compiler: one strict Ajv, which takes values as they are. Fastify's own would drop unknown fields and
 * turn `"5"` into 5 in silence.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { TSchema } from '@sinclair/typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { components } from '../../../schemas/index.ts'
import { armReducer } from './arms.ts'
import { readCanonical } from './canonical.ts'
import { InvalidRequest, type RequestPart } from './finding.ts'
import { findingsOf, MOST_FINDINGS } from './findings.ts'

/** ajv-formats is CommonJS: under nodenext its default export is typed as the module. */
const addFormats = formats as unknown as (ajv: Ajv2020) => void

/** An Ajv that knows every component of the contract, in the dialect of OpenAPI 3.1. */
const strictAjv = ({ allErrors }: { readonly allErrors: boolean }): Ajv2020 => {
  const ajv = new Ajv2020({
    strict: true,
    // A union of types is written as `anyOf` here, and `not` beside a type is meant.
    strictTypes: false,
    // A choice of fields names them in `required`; they are declared in the object around it.
    strictRequired: false,
    allErrors,
    // Findings name what is allowed, and that stands in the schema.
    verbose: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    discriminator: true,
    // They are our own, and tested: to compile the schema of schemas, and to hold them against it, takes 80 ms.
    validateSchema: false,
    meta: false,
  })
  addFormats(ajv)
  for (const schema of components().values()) ajv.addSchema(schema)
  return ajv
}

const partOf: Record<string, RequestPart> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }

/**
 * A value of more parts than this hears of the first thing that is wrong alone. Ajv has no bound on errors: 16 MiB of
 * `[1,1,1,…]` where tasks are meant would become tens of millions of them, and the end of the process.
 */
const LARGEST_THOROUGH = 1000

/** Whether a value has at most `most` parts, itself included. */
const hasAtMost = (value: unknown, most: number): boolean => {
  let parts = 0
  const count = (part: unknown): boolean => {
    parts += 1
    if (parts > most) return false
    return typeof part !== 'object' || part === null || Object.values(part).every(count)
  }
  return count(value)
}

/** Header names are case-insensitive; Node spells them in lower case, and so must the schema that judges them. */
const inLowerCase = ({ properties, ...schema }: TSchema): TSchema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(properties as Record<string, TSchema>).map(([name, header]) => [name.toLowerCase(), header]),
  ),
})

/** An Ajv that is made when it is first asked for, with what makes its errors readable. */
const judge = (options: { readonly allErrors: boolean }) => {
  let made: { readonly ajv: Ajv2020; readonly reduce: ReturnType<typeof armReducer> } | undefined
  return () => {
    if (made !== undefined) return made
    const ajv = strictAjv(options)
    made = { ajv, reduce: armReducer(ajv) }
    return made
  }
}

/** The compiler of validators. A request that does not fit ends as `InvalidRequest`. */
export const validatorCompiler = (): FastifySchemaCompiler<TSchema> => {
  const [quick, thorough] = [judge({ allErrors: false }), judge({ allErrors: true })]

  return ({ schema: written, httpPart = 'body' }) => {
    const part = partOf[httpPart] ?? 'body'
    const schema = part === 'headers' ? inLowerCase(written) : written
    // Compiled at the first request that needs it: to compile all at start costs 20 MB and a third of a second.
    let compiled: ValidateFunction | undefined
    const validate = () => (compiled ??= quick().ajv.compile(schema))
    const errorsOf = (value: unknown) => {
      if (!hasAtMost(value, LARGEST_THOROUGH)) return quick().reduce(validate().errors ?? [], MOST_FINDINGS)
      // Compiled when it is first needed, and kept by Ajv.
      const validateAll = thorough().ajv.compile(schema)
      validateAll(value)
      return thorough().reduce(validateAll.errors ?? [], MOST_FINDINGS)
    }
    return (given: unknown) => {
      const value = part === 'body' ? given : readCanonical(given, schema)
      if (validate()(value)) return { value }
      return { error: new InvalidRequest(findingsOf(part, errorsOf(value))) }
    }
  }
}
