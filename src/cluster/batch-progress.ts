/** How far a batch is. */
import type { BatchProgress } from '../../schemas/index.ts'
import { toPercent } from './history.ts'
import { toInstant } from './instants.ts'
import type { BatchSummary } from './ports/store.ts'

/** The progress of a batch at `now`, epoch milliseconds. */
export const batchProgress = (batch_id: string, summary: BatchSummary, now: number): BatchProgress => {
  const { counts, first_created_ms, last_ended_ms } = summary
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const ended = counts.completed + counts.failed + counts.cancelled
  const isDone = ended === total
  // Its pace so far, extrapolated: as good as its tasks are alike. While nothing runs it has none, and would only fall.
  const remainingMs = ended === 0 || counts.running === 0 ? null : ((now - first_created_ms) / ended) * (total - ended)
  return {
    batch_id,
    total,
    ...counts,
    progress: toPercent((ended / total) * 100),
    created_at: toInstant(first_created_ms),
    finished_at: isDone && last_ended_ms !== null ? toInstant(last_ended_ms) : null,
    estimated_completion: isDone || remainingMs === null ? null : toInstant(now + remainingMs),
  }
}
