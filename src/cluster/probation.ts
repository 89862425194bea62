/** A device that fails what others complete gets nothing for a while, and then proves itself with one task. Pure. */
import type { Learned, Probation } from './ports/records.ts'

/** So many failures in a row, of types that others completed within the hour (issue of faults: "5 in a row"). */
const FAILURES = 5
/** The first pause, and the longest; each failed proof doubles it. */
const FIRST_SECONDS = 60
const LONGEST_SECONDS = 3600
/** When more than this share of the devices would be on probation, the tasks are the likelier cause, and somebody must run the others. */
const MOST_SHARE = 0.5

/** Milliseconds for which it gets nothing yet, 0 when that is over. A wall clock that jumped back makes no pause longer. */
export const pauseLeftMs = (probation: Probation | null, now: number): number => {
  if (probation === null) return 0
  const leftMs = probation.until_ms - now
  return leftMs > probation.seconds * 1000 ? 0 : Math.max(0, leftMs)
}

/** True where one device more may be put on probation. */
export const mayPause = (paused: number, online: number): boolean => paused + 1 <= MOST_SHARE * online

/**
 * After a failure that counts. The same object where the pause has begun: what fails then was begun before.
 * @param now - epoch milliseconds
 * @param isAllowed - asked when the device is trusted so far, and would be put on probation
 */
export const afterFailure = (learned: Learned, now: number, isAllowed: () => boolean): Learned => {
  const { failures, probation } = learned
  if (pauseLeftMs(probation, now) > 0) return learned
  const next = { ...learned, failures: failures + 1 }
  if (next.failures < FAILURES || (probation === null && !isAllowed())) return next
  const seconds = probation === null ? FIRST_SECONDS : Math.min(LONGEST_SECONDS, 2 * probation.seconds)
  return { ...next, probation: { until_ms: now + seconds * 1000, seconds } }
}

/** After a completed task: it is trusted, unless the pause lasts. The same object where it was before. */
export const afterSuccess = (learned: Learned, now: number): Learned => {
  const isTrusted = learned.failures === 0 && learned.probation === null
  return isTrusted || pauseLeftMs(learned.probation, now) > 0 ? learned : { ...learned, failures: 0, probation: null }
}
