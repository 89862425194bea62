/** What the files of an attempt mean for its end: inputs that find no place, outputs that are not there. */
import { isDiskFull } from '../errors.ts'
import { OutputError } from '../files/collect.ts'
import { type Execution, type ExecutionContext, failed, rejected } from './execution.ts'

const FULL = 'There is no room on this device for the files of the task.'

/** Puts the inputs into the empty directory of an attempt. What comes out is its end where they cannot be. */
export const stageInputs = async (
  directory: string,
  { files, signal }: ExecutionContext,
): Promise<Execution | undefined> => {
  try {
    await files?.stage(directory)
    return undefined
  } catch (error) {
    if (signal.aborted) return undefined
    if (isDiskFull(error)) return rejected(FULL)
    return failed('TASK_ERROR', `The inputs cannot be put into the directory of the task: ${String(error)}`)
  }
}

/** Takes the outputs out of the directory of an attempt that completed. */
export const withOutputs = async (
  execution: Execution,
  directory: string,
  { files }: ExecutionContext,
): Promise<Execution> => {
  const { outcome, result, resource_usage } = execution
  if (files === undefined || outcome !== 'completed' || result === null) return execution
  try {
    const artifacts = await files.collect(directory)
    return artifacts.length === 0 ? execution : { ...execution, result: { ...result, artifacts } }
  } catch (error) {
    if (isDiskFull(error)) return rejected(FULL)
    const ended = { result, resource_usage }
    if (error instanceof OutputError) return failed(error.code, error.message, ended)
    return failed('TASK_ERROR', `The outputs of the task cannot be taken: ${String(error)}`, ended)
  }
}
