/** `javascript`: runs code in a sandbox, which is the worker's own program started once more. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { SANDBOX_ARGUMENT } from '../javascript/argument.ts'
import { evaluate } from './evaluation.ts'
import type { Execution, ExecutionContext } from './execution.ts'
import type { ProgramOptions } from './program.ts'

/** What the executor needs of the worker. */
export type JavascriptOptions = ProgramOptions & {
  /** The file of the worker's program. */
  readonly workerFile: string
}

/** Makes the executor. */
export const javascriptRunner =
  (options: JavascriptOptions) =>
  ({ code, input = null }: PayloadOf<'javascript'>, context: ExecutionContext): Promise<Execution> =>
    evaluate([process.execPath, options.workerFile, SANDBOX_ARGUMENT], { code, input }, context, options)
