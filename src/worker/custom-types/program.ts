/**
 * The program in which an owner's own task types run: a process for each task, with the rights of the worker, since the owner wrote
 * the file. Its request, its answer and its exit code are those of `executors/evaluation.ts`.
 */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { readPayloadSchema } from '../../link/payloads.ts'
import { writeAll } from '../write-all.ts'
import { taskContext } from './context.ts'
import { BadTaskFile, type Definition, exportedBy } from './definition.ts'
import { importTaskFile } from './module.ts'
import { type CustomRun, type CustomTypesRequest, NOT_TAKEN } from './request.ts'

/** An answer: what is said, and the exit code. */
type Answer = { readonly text: string; readonly exitCode: number }

const firstLineOf = (error: unknown): string =>
  (error instanceof Error ? String(error) : typeof error === 'string' ? error : inspect(error)).split('\n', 1)[0] ?? ''

/** What the worker is told of an error: of one of the file's own code its first line, its trace is in the output. */
const wordsOf = (error: unknown): string => (error instanceof BadTaskFile ? error.message : firstLineOf(error))

const jsonOf = (value: unknown): string => {
  const json = value === undefined ? 'null' : (JSON.stringify(value) as string | undefined)
  if (json === undefined) throw new TypeError(`a ${typeof value} is no value of JSON`)
  return json
}

/** What the worker has found to be task types before it offers any: here nothing is looked at twice. */
type Module = Readonly<Record<string, Definition>>

const run = async (module: Module, { task_type, payload, attempt }: CustomRun): Promise<Answer> => {
  const definition = Object.hasOwn(module, task_type) ? module[task_type] : undefined
  if (definition === undefined) return { text: `This device does not offer ${task_type}.`, exitCode: NOT_TAKEN }
  // The node looks as well, by the schema of some device; this is the one that counts here.
  const [problem] = readPayloadSchema(definition.schema)(payload)
  if (problem === undefined) return { text: jsonOf(await definition.run(payload, taskContext(attempt))), exitCode: 0 }
  const { path, message } = problem
  return { text: `The payload of ${task_type} is not valid here: ${path} ${message}.`, exitCode: NOT_TAKEN }
}

const answerTo = async ({ file, run: asked }: CustomTypesRequest): Promise<Answer> => {
  try {
    const module = await importTaskFile(file)
    if (asked !== undefined) return await run(exportedBy(module) as Module, asked)
    // Asked once, while tasks come and go: what it needs is loaded for it alone.
    const { offered } = await import('./offered.ts')
    return { text: jsonOf(offered(module)), exitCode: 0 }
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`)
    return { text: wordsOf(error), exitCode: 1 }
  }
}

/** Resolves when all that was printed is on its way: the process ends then. */
const printed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()))

/**
 * Answers the request on the standard input.
 * @returns the exit code
 */
export const runCustomTypes = async (): Promise<number> => {
  const answer = (text: string) => writeAll(3, text)
  // What is thrown where nobody waits for it ends the process by itself, after this.
  process.on('uncaughtExceptionMonitor', (error) => answer(firstLineOf(error)))
  process.once('beforeExit', () => {
    answer('It waits for a promise that nothing settles.')
    process.exit(1)
  })
  const { text, exitCode } = await answerTo(JSON.parse(readFileSync(0, 'utf8')) as CustomTypesRequest)
  await Promise.all([printed(process.stdout), printed(process.stderr)])
  answer(text)
  return exitCode
}
