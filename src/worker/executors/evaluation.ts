/**
 * Evaluating code in a process of its own. Its program reads a request as JSON from its standard input, prints what the
 * code prints, and answers by its file descriptor 3: with the value as JSON and exit code 0, or with what went wrong in
 * words and another exit code.
 */
import { isDeeperThan } from '../../link/checks.ts'
import type { Argv } from './argv.ts'
import { completed, type Execution, type ExecutionContext, failed } from './execution.ts'
import { type EndedProgram, failureOfProgram, type ProgramOptions, runProgram } from './program.ts'

/** Bytes that a value may have as JSON: as much as the output, so that both fit into one message of the link. */
export const VALUE_LIMIT = 1_048_576
/** How deep a value may be nested, as payloads are (CONTRACT.md §3): nobody on its way then runs out of stack. */
const VALUE_DEPTH = 32

const valueOf = (answer: Buffer): { readonly value: unknown } | { readonly problem: string } => {
  if (answer.length > VALUE_LIMIT) return { problem: `Its value is longer than ${VALUE_LIMIT} bytes of JSON.` }
  let value: unknown
  try {
    value = JSON.parse(answer.toString())
  } catch {
    return { problem: 'It ended without a value.' }
  }
  return isDeeperThan(value, VALUE_DEPTH)
    ? { problem: `Its value is nested deeper than ${VALUE_DEPTH} levels.` }
    : { value }
}

/** What the end of such a program means. */
export const concludeEvaluation = (ended: EndedProgram): Execution => {
  const { result, answer, resource_usage } = ended
  const told = answer.toString()
  const failure = failureOfProgram(ended, told === '' ? undefined : told)
  if (failure !== undefined) return failure
  const outcome = valueOf(answer)
  return 'problem' in outcome
    ? failed('TASK_ERROR', outcome.problem, { result, resource_usage })
    : completed({ ...result, value: outcome.value }, resource_usage)
}

/** Evaluates a request by such a program. */
export const evaluate = (
  argv: Argv,
  request: object,
  context: ExecutionContext,
  options: ProgramOptions,
): Promise<Execution> =>
  runProgram({ argv, stdin: JSON.stringify(request), answerLimit: VALUE_LIMIT }, context, options, concludeEvaluation)
