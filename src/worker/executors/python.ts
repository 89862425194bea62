/** `python`: calls a function that comes with the task, by the device's own Python. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { CALLER } from '../python/caller.ts'
import type { Execution, ExecutionContext } from './execution.ts'
import type { ProgramOptions } from './program.ts'
import { pythonEvaluation } from './python-evaluation.ts'

// Not isolated (-I), as expressions are: modules that lie in its directory can be imported.
const ARGS = ['-X', 'utf8', '-c', CALLER]

/** Makes the executor. */
export const pythonCaller = (options: ProgramOptions) => {
  const evaluate = pythonEvaluation(options)
  return (payload: PayloadOf<'python'>, context: ExecutionContext): Promise<Execution> =>
    evaluate(ARGS, payload, context)
}
