/** Evaluating by the device's own Python. */
import { thisMachine } from '../machine.ts'
import { findPython, type Python } from '../profile/python.ts'
import { evaluate } from './evaluation.ts'
import { type Execution, type ExecutionContext, rejected } from './execution.ts'
import type { ProgramOptions } from './program.ts'

/** Makes what evaluates requests by a program in Python. The interpreter is looked for until there is one. */
export const pythonEvaluation = (options: ProgramOptions) => {
  let python: Python | null = null
  return async (args: readonly string[], request: object, context: ExecutionContext): Promise<Execution> => {
    python ??= await findPython(thisMachine)
    if (python === null) return rejected('There is no python3 on this device.', 'task_type')
    return evaluate([python.program, ...args], request, context, options)
  }
}
