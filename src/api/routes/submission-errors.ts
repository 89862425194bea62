/** Why a task is not taken in, however it comes: alone, in a batch, or as a retry (CONTRACT.md §3). */
import type { ErrorCode } from '../../../schemas/index.ts'

/** The codes of a refused submission. */
export const submissionErrors = [
  'INVALID_TASK_TYPE',
  'DEVICE_NOT_FOUND',
  'DEVICE_OFFLINE',
  'INSUFFICIENT_RESOURCES',
  'STORAGE_FULL',
] as const satisfies readonly ErrorCode[]
