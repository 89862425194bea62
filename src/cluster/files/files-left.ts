/** What tasks leave: an attempt has completed only with the files that it was asked for, and all of them stored. */
import type { FinishedParams } from '../../../schemas/index.ts'
import { ClusterError } from '../errors.ts'
import type { TaskRecord } from '../ports/records.ts'
import type { MissingFiles } from './inputs.ts'

/** The files that an end speaks of. */
export const filesLeft = ({ result }: FinishedParams): string[] => (result?.artifacts ?? []).map(({ sha256 }) => sha256)

/**
 * The end of an attempt as it counts. One that completed without the very files that its task names has failed: no transfer
 * would bring them, and refused it would be sent for ever.
 * @throws ClusterError `ARTIFACT_NOT_FOUND` where a file is not stored: the device still has it, and sends it again
 */
export const checkedEnd = ({ task }: TaskRecord, end: FinishedParams, missing: MissingFiles): FinishedParams => {
  const sha256 = filesLeft(end).find((one) => missing.has(one))
  if (sha256 !== undefined) throw new ClusterError('ARTIFACT_NOT_FOUND', { sha256, task_id: task.task_id })
  const names = (end.result?.artifacts ?? []).map(({ name }) => name)
  const isWhole = names.length === task.outputs.length && task.outputs.every((name, index) => name === names[index])
  if (end.outcome !== 'completed' || isWhole) return end
  const message = 'The device left other files than the task names.'
  return { ...end, outcome: 'failed', error: { code: 'TASK_OUTPUT_MISSING', message } }
}
