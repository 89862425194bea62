/** Payloads of owners' own task types against the JSON Schemas of those: a node checks what comes in, a device what it is given. */
import { createContext, Script } from 'node:vm'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { PayloadProblem, PayloadProblemsOf } from '../cluster/ports/payloads.ts'

/** ajv-formats is CommonJS: under nodenext its default export is typed as the module. */
const addFormats = formats as unknown as (ajv: Ajv2020) => void

/** As strict as the schemas of the contract are read (`src/api/validation/validators.ts`), so that a misspelt keyword is told to its owner. */
const strictness = { strict: true, strictTypes: false, strictRequired: false, logger: false } as const

/** A JSON Schema that was read: what is wrong with a payload by it. */
export type PayloadSchema = (payload: unknown) => readonly PayloadProblem[]

/** More than this nobody reads. */
const MOST_PROBLEMS = 20
/** The longest texts that `ValidationIssue` allows, but for what is set before them. */
const LONGEST_PATH = 900
const LONGEST_MESSAGE = 1900

/** An error of Ajv, with the parameters of those that speak of a field (https://ajv.js.org/api.html#error-parameters). */
type FieldParameters = { readonly missingProperty?: string; readonly additionalProperty?: string }

/** JSON pointer escapes (RFC 6901 §3). */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

const problemOf = ({ instancePath, params, message = 'does not meet its schema' }: ErrorObject): PayloadProblem => {
  const { missingProperty, additionalProperty } = params as FieldParameters
  const field = missingProperty ?? additionalProperty
  const path = field === undefined ? instancePath : `${instancePath}/${escaped(field)}`
  const said =
    missingProperty !== undefined
      ? 'is missing'
      : additionalProperty !== undefined
        ? 'is not known here'
        : message.slice(0, LONGEST_MESSAGE)
  return { path: path.slice(0, LONGEST_PATH), message: said }
}

/**
 * Reads a JSON Schema (draft 2020-12).
 * @throws Error that says what is wrong with it
 */
export const readPayloadSchema = (schema: object): PayloadSchema => {
  // One for each: what a schema calls itself must not meet the names of another, nor be kept when its owner has changed it.
  const ajv = new Ajv2020({ ...strictness, meta: false, validateSchema: false })
  addFormats(ajv)
  const validate = ajv.compile(schema)
  // Such a one answers with a promise, which is never false.
  if ('$async' in validate) throw new Error('$async is not possible here')
  return (payload) => (validate(payload) ? [] : (validate.errors ?? []).slice(0, MOST_PROBLEMS).map(problemOf))
}

/** It knows the schema of schemas, which takes a moment to compile. */
let judge: Ajv2020 | undefined

/**
 * Looks whether a JSON Schema is one at all, which its reader takes on trust.
 * @throws Error that says what is wrong with it
 */
export const checkPayloadSchema = (schema: object): void => {
  const ajv = (judge ??= new Ajv2020({ logger: false }))
  if (ajv.validateSchema(schema) !== true) throw new Error(ajv.errorsText(ajv.errors, { dataVar: 'schema' }))
  readPayloadSchema(schema)
}

/**
 * How long the node reads a schema, and looks at a payload, milliseconds of the processor. A device may offer any pattern, and
 * there are some that take for ever over a text that was made for them: everybody would wait for that one.
 */
const PATIENCE_MS = 100
/**
 * How often it is tried, each time with twice as long by the clock: on a machine that is busy with something else even a short look
 * may be over only then, and the schema is not to blame. 1.5 seconds in all.
 */
const MOST_TRIES = 4

const bounded = createContext(Object.create(null) as object)
const call = new Script('act()')

/** What took the time was somebody else's. */
class Starved extends Error {}

/** The error is made in the context that it ended: it is no `Error` of this one. */
const isTimeout = (error: unknown) => (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** Milliseconds of the processor that this process has had since. */
const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * What `act` returns.
 * @throws Error where it takes longer than {@link PATIENCE_MS}: it is ended, wherever it is
 * @throws Starved where it does by the clock alone
 */
const atMost = <T>(act: () => T): T => {
  Object.assign(bounded, { act })
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = process.cpuUsage()
    try {
      return call.runInContext(bounded, { timeout: PATIENCE_MS * 2 ** tries }) as T
    } catch (error) {
      // Its last slice of time may be told late: half of the patience tells it from one that hardly ran.
      if (!isTimeout(error) || cpuMsSince(before) >= PATIENCE_MS / 2) throw error
    }
  }
  throw new Starved('the processor had no time for it')
}

/** The schemas of offers by identity: as long as a device is not heard of anew, it has the same. Null for one that cannot be read in time. */
const read = new WeakMap<object, PayloadSchema | null>()

/** For the node: what is wrong with a payload by a schema that somebody else has made. */
export const payloadProblems: PayloadProblemsOf = (schema, payload) => {
  if (read.get(schema) === null) return []
  try {
    return atMost(() => {
      const problemsOf = read.get(schema) ?? readPayloadSchema(schema)
      read.set(schema, problemsOf)
      return problemsOf(payload)
    })
  } catch (error) {
    // No schema, or one that takes for ever: it is not tried again. The device looks at what it is given in any case.
    if (!(error instanceof Starved)) read.set(schema, null)
    return []
  }
}
