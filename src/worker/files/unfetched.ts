/** The end of an attempt whose inputs cannot be had. */
import { type Execution, failed, rejected } from '../executors/execution.ts'
import { TransferError } from './transfer-error.ts'

/** What a failed preparation means for the attempt. @param error - what it failed with */
export const unfetched = (error: unknown): Execution => {
  const problem = error instanceof TransferError ? error.problem : undefined
  const message = error instanceof Error ? error.message : String(error)
  if (problem === 'missing') return failed('TASK_INPUT_MISSING', `An input is not to be had: ${message}.`)
  if (problem === 'damaged') return failed('TASK_ERROR', `An input is not to be had: ${message}.`)
  // Another device may have the room, and be let in. Of other tasks it says nothing: their files are others.
  if (problem === 'device_full') return rejected(`The inputs find no place: ${message}.`)
  return rejected(`The inputs cannot be fetched: ${message}.`)
}
