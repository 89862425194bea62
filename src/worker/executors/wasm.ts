/** `wasm`: runs a module of WebAssembly in a sandbox, which is the worker's own program started once more. */
import type { PayloadOf } from '../../../schemas/task-types.ts'
import { WASM_ARGUMENT } from '../wasm/argument.ts'
import type { WasmRequest } from '../wasm/request.ts'
import { completed, type Execution, type ExecutionContext, failed } from './execution.ts'
import type { JavascriptOptions } from './javascript.ts'
import { type EndedProgram, failureOfProgram, runProgram } from './program.ts'

/** Bytes of what the sandbox tells of a module that it had to end. */
const ANSWER_LIMIT = 8192

const conclude = (ended: EndedProgram): Execution => {
  const { result, resource_usage } = ended
  const told = ended.answer.toString()
  if (told !== '')
    return failed(result.signal === null ? 'TASK_EXIT_NONZERO' : 'TASK_KILLED', told, { result, resource_usage })
  return failureOfProgram(ended) ?? completed(result, resource_usage)
}

/** Makes the executor. */
export const wasmRunner =
  (options: JavascriptOptions) =>
  (payload: PayloadOf<'wasm'>, context: ExecutionContext): Promise<Execution> => {
    const { module, args = [], env = {}, stdin } = payload
    // Its variables are no variables of the process: Node would obey some of them.
    const request: WasmRequest = { module, args, env }
    // Node warns that its WASI is an experiment, among what the module prints.
    const argv = ['--no-warnings', options.workerFile, WASM_ARGUMENT, JSON.stringify(request)]
    return runProgram(
      { argv: [process.execPath, ...argv], stdin, answerLimit: ANSWER_LIMIT },
      context,
      options,
      conclude,
    )
  }
