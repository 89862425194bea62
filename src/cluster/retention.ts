/** Bounded on disk: what is beyond the bounds of the config goes, once a minute, a little at a time. */
import type { ClusterConfig } from '../../schemas/index.ts'
import { ANSWERS_KEPT_MS } from './idempotency.ts'
import { HOUR_MS } from './periods.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Bounds, Store } from './ports/store.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * HOUR_MS
/** Minutes are read over 24 hours, hours over 30 days; an hour and a day more, so that what is read is whole (DESIGN). */
const MINUTES_KEPT_MS = 25 * HOUR_MS
const HOURS_KEPT_MS = 31 * DAY_MS

const units = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 } as const

/** The bytes of a size as the config writes it: `10MB`. */
export const toBytes = (size: string): number => Number(size.slice(0, -2)) * units[size.slice(-2) as keyof typeof units]

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
  minutesSince_ms: now - MINUTES_KEPT_MS,
  hoursSince_ms: now - HOURS_KEPT_MS,
  answersSince_ms: now - ANSWERS_KEPT_MS,
  maxAnswers: retention.max_idempotency_keys,
})

/** Removes what has aged out, from its start on. Returns what ends it. */
export const keepBounded = (store: Store, clock: Clock, config: () => ClusterConfig, log: Log): CancelTimer => {
  let cancel: CancelTimer = () => undefined
  let isStopped = false

  const prune = async () => {
    try {
      // A turn of the event loop between two transactions: requests come first.
      while (!isStopped && (await store.prune(boundsOf(config(), clock.now()))))
        await new Promise<void>((resolve) => clock.endOfTurn(resolve))
    } catch (error) {
      log.error({ err: error }, 'what has aged out could not be removed')
    }
    if (!isStopped) cancel = clock.after(MINUTE_MS, () => void prune())
  }

  cancel = clock.after(MINUTE_MS, () => void prune())
  return () => {
    isStopped = true
    cancel()
  }
}
