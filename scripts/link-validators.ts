/** The validators of all that a worker checks, compiled to source: what `src/link/validators.ts` becomes in the one-file worker. */
import { Ajv } from 'ajv'
import standaloneCode from 'ajv/dist/standalone/index.js'
import type { TSchema } from '@sinclair/typebox'
import { components } from '../schemas/component.ts'
import { DomainErrorData, linkMethods, RpcMessage, UncleanStopReport } from '../schemas/link.ts'
import { builtinTypes } from '../schemas/task-types.ts'
import { compilerOptions } from '../src/link/validators.ts'

/** A schema, and the expression by which the worker's code knows it. */
type Known = readonly [expression: string, schema: TSchema]

const known: readonly Known[] = [
  ['RpcMessage', RpcMessage],
  ['DomainErrorData', DomainErrorData],
  ['UncleanStopReport', UncleanStopReport],
  ...Object.entries(linkMethods).flatMap(([name, { params, result }]): Known[] => [
    [`linkMethods[${JSON.stringify(name)}].params`, params],
    ...(result === null ? [] : [[`linkMethods[${JSON.stringify(name)}].result`, result] as const]),
  ]),
  ...Object.entries(builtinTypes).map(([name, { payload }]): Known => [`builtinTypes.${name}.payload`, payload]),
]

/**
 * What nobody reads: of an error all but its place and its words, which would keep the schemas in the file; and the
 * descriptions in what is left of those.
 */
const UNREAD = /schemaPath:"[^"]*",keyword:"[^"]*",params:\{[^{}]*\},|"description":"(?:[^"\\]|\\.)*",?/g

const nameOf = (index: number): string => `check${index}`
const idOf = (index: number): string => `worker-${index}`

/** The compiled checks by their names, as CommonJS. */
export const compiledChecks = (): string => {
  const ajv = new Ajv({ ...compilerOptions, inlineRefs: false, code: { source: true, lines: false } })
  for (const component of components().values()) ajv.addSchema(component)
  for (const [index, [, schema]] of known.entries()) ajv.addSchema({ ...schema, $id: idOf(index) })
  const ids = Object.fromEntries(known.map((_known, index) => [nameOf(index), idOf(index)]))
  return standaloneCode.default(ajv, ids).replaceAll(UNREAD, '')
}

/**
 * The source of the module, for a bundler that resolves its imports from `src/link`.
 * @param checks - the module that has the compiled checks as its default export
 */
export const linkValidators = (checks: string): string =>
  [
    "import { DomainErrorData, linkMethods, RpcMessage, UncleanStopReport } from '../../schemas/link.ts'",
    "import { builtinTypes } from '../../schemas/task-types.ts'",
    `import checks from ${JSON.stringify(checks)}`,
    `const validators = new Map([${known.map(([expression], index) => `[${expression}, checks.${nameOf(index)}]`).join(', ')}])`,
    'export const validatorOf = (schema) => {',
    '  const validate = validators.get(schema)',
    "  if (validate === undefined) throw new TypeError('this schema was not compiled into the worker')",
    '  return validate',
    '}',
  ].join('\n')
