/** Bounded on disk: what is beyond the bounds of the config goes, once a minute, a little at a time. */
import type { ClusterConfig } from '../../schemas/index.ts'
import { ANSWERS_KEPT_MS } from './idempotency.ts'
import { DAY_MS, HOUR_MS } from './periods.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Bounds, Pruned, Store } from './ports/store.ts'
import { toBytes } from './sizes.ts'

const MINUTE_MS = 60_000

/** The bounds that follow from a config at `now`, epoch milliseconds. */
export const boundsOf = ({ retention, logging }: ClusterConfig, now: number): Bounds => ({
  tasksEndedSince_ms: now - retention.task_days * DAY_MS,
  maxFinishedTasks: retention.max_tasks,
  eventsSince_ms: now - retention.event_hours * HOUR_MS,
  maxEvents: retention.max_events,
  logsSince_ms: now - retention.log_days * DAY_MS,
  maxLogBytes: toBytes(logging.max_size),
  auditSince_ms: now - retention.audit_days * DAY_MS,
  maxAuditEntries: retention.max_audit_entries,
  minutesSince_ms: now - retention.minute_means_hours * HOUR_MS,
  hoursSince_ms: now - retention.hour_means_days * DAY_MS,
  answersSince_ms: now - ANSWERS_KEPT_MS,
  maxAnswers: retention.max_idempotency_keys,
  maxBytes: toBytes(retention.max_size),
})

/** What keeps the store bounded. */
export interface BoundKeeper {
  /** True where unfinished tasks alone are larger than all may be together: nothing more can go, and nothing more may come. */
  isBeyond(): boolean
  /** The bounds have changed: they act at once. */
  review(): void
  stop(): void
}

/** Removes what has aged out, from its start on. */
export const keepBounded = (store: Store, clock: Clock, config: () => ClusterConfig, log: Log): BoundKeeper => {
  let cancel: CancelTimer = () => undefined
  let isStopped = false
  let isUnderWay = false
  let isBeyond = false

  const prune = async () => {
    isUnderWay = true
    try {
      let pruned: Pruned = 'more'
      while (!isStopped && pruned === 'more') {
        pruned = await store.prune(boundsOf(config(), clock.now()))
        // A turn of the event loop between two transactions: requests come first.
        await new Promise<void>((resolve) => clock.endOfTurn(resolve))
      }
      isBeyond = pruned === 'beyond'
    } catch (error) {
      log.error({ err: error }, 'what has aged out could not be removed')
    }
    isUnderWay = false
    if (!isStopped) next(MINUTE_MS)
  }
  const next = (delayMs: number) => {
    cancel()
    cancel = clock.after(delayMs, () => void prune())
  }

  next(MINUTE_MS)
  return {
    isBeyond: () => isBeyond,
    // What is under way takes the bounds of the moment.
    review: () => {
      if (!isUnderWay) next(0)
    },
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}
