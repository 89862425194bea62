/** `python_eval`: evaluates a Python expression by the device's own Python. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { thisMachine } from '../machine.ts'
import { findPython, type Python } from '../profile/python.ts'
import { EVALUATOR } from '../python/evaluator.ts'
import { evaluate } from './evaluation.ts'
import { type Execution, type ExecutionContext, rejected } from './execution.ts'
import type { ProgramOptions } from './program.ts'

/** Address space of an evaluation, bytes: Python itself takes some 20 MiB of it. */
const MEMORY_LIMIT = 512 * 2 ** 20

/** Makes the executor. */
export const pythonEvaluator = (options: ProgramOptions) => {
  let python: Python | null = null
  return async ({ expression }: PayloadOf<'python_eval'>, context: ExecutionContext): Promise<Execution> => {
    python ??= await findPython(thisMachine)
    if (python === null) return rejected('There is no python3 on this device.', 'task_type')
    // Of a worker that is gone nobody ends the evaluation; its processor time does.
    const seconds = Math.ceil(context.timeoutSeconds) + 1
    const argv = [python.program, '-I', '-S', '-X', 'utf8', '-c', EVALUATOR] as const
    return evaluate(argv, { expression, memory_bytes: MEMORY_LIMIT, seconds }, context, options)
  }
}
