/** Bounds beyond which nothing is. */
import type { Bounds } from '../../src/cluster/ports/store.ts'

/** For tests that look at one bound at a time. */
export const unbounded: Bounds = {
  tasksEndedSince_ms: 0,
  maxFinishedTasks: 1e9,
  eventsSince_ms: 0,
  maxEvents: 1e9,
  logsSince_ms: 0,
  maxLogBytes: 1e12,
  minutesSince_ms: 0,
  hoursSince_ms: 0,
  answersSince_ms: 0,
  maxAnswers: 1e9,
  auditSince_ms: 0,
  maxAuditEntries: 1e9,
  maxBytes: 1e15,
}
