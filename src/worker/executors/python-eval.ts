/** `python_eval`: evaluates a Python expression by the device's own Python. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { EVALUATOR } from '../python/evaluator.ts'
import type { Execution, ExecutionContext } from './execution.ts'
import type { ProgramOptions } from './program.ts'
import { pythonEvaluation } from './python-evaluation.ts'

/** Address space of an evaluation, bytes: Python itself takes some 20 MiB of it. */
const MEMORY_LIMIT = 512 * 2 ** 20

const ARGS = ['-I', '-S', '-X', 'utf8', '-c', EVALUATOR]

/** Makes the executor. */
export const pythonEvaluator = (options: ProgramOptions) => {
  const evaluate = pythonEvaluation(options)
  return ({ expression }: PayloadOf<'python_eval'>, context: ExecutionContext): Promise<Execution> => {
    // Of a worker that is gone nobody ends the evaluation; its processor time does.
    const seconds = Math.ceil(context.timeoutSeconds) + 1
    return evaluate(ARGS, { expression, memory_bytes: MEMORY_LIMIT, seconds }, context)
  }
}
