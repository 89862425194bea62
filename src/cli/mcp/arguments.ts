/** The arguments of a tool, checked as far as the API cannot, and put where they belong in the request. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { didYouMean } from '../options/nearest.ts'
import type { ArgumentPlace, Tool } from './tools.ts'

/** What a tool was called with. */
export type Given = Readonly<Record<string, unknown>>

/** A request for an operation, as the connection takes it. */
export type Asked = {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly body: object | undefined
  readonly idempotency_key: string | undefined
}

/** The arguments are not what the tool takes. Its message is a sentence for the agent. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments'
}

// Formats are those of OpenAPI (int32), which say nothing that the bounds beside them do not.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
const validators = new WeakMap<Tool, ValidateFunction>()

/** The body is for the API to judge, which knows better what to say of it; here it has only to be there. */
const validatorOf = (tool: Tool): ValidateFunction => {
  const known = validators.get(tool)
  if (known !== undefined) return known
  const { properties } = tool.inputSchema
  const shallow = { ...(properties as object), ...(tool.places.body === undefined ? {} : { body: { type: 'object' } }) }
  const made = ajv.compile({ ...tool.inputSchema, properties: shallow })
  validators.set(tool, made)
  return made
}

const worded = ({ keyword, params, instancePath, message = 'is wrong' }: ErrorObject, known: readonly string[]) => {
  const { additionalProperty, missingProperty } = params as Readonly<Record<string, string>>
  if (keyword === 'additionalProperties' && additionalProperty !== undefined)
    return `${additionalProperty} is no argument of it.${didYouMean(additionalProperty, known)}`
  if (keyword === 'required') return `The argument ${missingProperty} is missing.`
  return `${instancePath.slice(1)} ${message}.`
}

/** Puts the arguments of a tool where they belong. @throws WrongArguments */
export const ask = (tool: Tool, given: Given): Asked => {
  const validate = validatorOf(tool)
  if (!validate(given)) {
    const known = Object.keys(tool.places)
    const wrong = (validate.errors ?? []).map((error) => worded(error, known)).join(' ')
    const taken = known.length === 0 ? 'no arguments' : known.join(', ')
    throw new WrongArguments(`${wrong} ${tool.id} takes ${taken}.`)
  }
  const at = (place: ArgumentPlace) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => tool.places[name] === place))
  return {
    path: at('path') as Asked['path'],
    query: at('query') as Asked['query'],
    body: given.body as object | undefined,
    idempotency_key: given.idempotency_key as string | undefined,
  }
}
