/** Task types of the owner's own: each task runs in a process of its own, which is the worker's program started once more. */
import { CUSTOM_TYPES_ARGUMENT } from '../custom-types/argument.ts'
import { type CustomTypesRequest, NOT_TAKEN, type TaskFile } from '../custom-types/request.ts'
import type { Argv } from './argv.ts'
import { concludeEvaluation, VALUE_LIMIT } from './evaluation.ts'
import { type Execution, type Executor, rejected } from './execution.ts'
import { type EndedProgram, type ProgramOptions, runProgram } from './program.ts'

/** What the executors need of the worker. */
export type CustomOptions = ProgramOptions & {
  /** The file of the worker's program. */
  readonly workerFile: string
}

/** The process that is asked. */
export const customTypesArgv = (workerFile: string): Argv => [process.execPath, workerFile, CUSTOM_TYPES_ARGUMENT]

/** Another device may have another file: what this one does not take, that one may. */
const conclude = (ended: EndedProgram): Execution =>
  ended.result.exit_code === NOT_TAKEN && ended.answer.length > 0
    ? rejected(ended.answer.toString())
    : concludeEvaluation(ended)

/** Makes the executor of a type of a file. The file as it is now: what it becomes meanwhile is nothing to a task that runs. */
export const customRunner =
  (options: CustomOptions, file: TaskFile, task_type: string): Executor =>
  (payload, context) => {
    const request: CustomTypesRequest = { file, run: { task_type, payload, attempt: context.number } }
    const program = {
      argv: customTypesArgv(options.workerFile),
      stdin: JSON.stringify(request),
      answerLimit: VALUE_LIMIT,
    }
    return runProgram(program, context, options, conclude)
  }
