/** The files of an attempt, from its inputs to its outputs. */
import type { TaskArtifact } from '../../../schemas/artifact.ts'
import type { RunParams } from '../../../schemas/link.ts'
import { attemptName } from '../attempts.ts'
import { collect } from './collect.ts'
import type { Inputs } from './inputs.ts'
import type { Spool } from './spool.ts'
import { stage } from './stage.ts'

/** The files of an attempt that runs in a directory of its own. */
export interface TaskFiles {
  /** Puts its inputs into its directory, which is empty. @throws the error of the system */
  stage(directory: string): Promise<void>
  /** Takes its outputs out of its directory. @throws OutputError, or the error of the system */
  collect(directory: string): Promise<TaskArtifact[]>
  /** It has ended: its inputs may go. */
  release(): void
}

/** What prepares the files of attempts. */
export interface FilePreparation {
  /**
   * Fetches the inputs of an attempt; it may start then. Ends with the signal's reason as soon as that is aborted.
   * @throws TransferError
   */
  prepare(assignment: RunParams, signal: AbortSignal): Promise<TaskFiles>
}

/** Whether an attempt has to do with files. */
export const namesFiles = ({ inputs = [], outputs = [] }: RunParams): boolean => inputs.length + outputs.length > 0

/** Makes what prepares the files of attempts. */
export const createFilePreparation = (inputs: Inputs, spool: Spool): FilePreparation => ({
  prepare: async (assignment, signal) => {
    const held = await inputs.fetch(assignment.inputs ?? [], signal)
    const { outputs = [] } = assignment
    const attempt = attemptName(assignment)
    return {
      stage: (directory) => stage(held.files, directory, signal),
      collect: (directory) => collect({ attempt, directory, outputs }, spool),
      release: held.release,
    }
  },
})
