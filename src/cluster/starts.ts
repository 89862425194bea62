/**
 * Starts of attempts that are not kept yet: of a short task the end comes within a moment, and both change its row once. To all
 * others it is as if the device had said so that much later.
 */
import type { AttemptRef, FinishedParams } from '../../schemas/index.ts'
import { isCurrent, keyOf } from './attempt.ts'
import { holds, type Lifecycle } from './lifecycle.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { TaskRecord } from './ports/records.ts'
import type { State } from './state.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** The longest that a start is held, milliseconds: of a short task the end comes within it, most often. */
const HELD_MS = 20
/** Starts that the store did not take are tried again so soon, milliseconds. */
const AGAIN_MS = 1000

/** What starts are kept with. */
export type StartsContext = {
  readonly state: State
  readonly work: Pick<UnitOfWork, 'runUnasked'>
  readonly lifecycle: Pick<Lifecycle, 'started'>
  readonly clock: Clock
  readonly log: Log
}

/** Starts that are held. */
export interface Starts {
  /** A device says that its current attempt of a task has started. It is kept within {@link HELD_MS}. */
  hold(ref: AttemptRef, device_id: string): void
  /** Keeps all that are held: somebody looks, or what comes next builds on them. */
  keep(): void
  /** The same, where the start of this attempt is among them: it says something of itself. */
  keepBefore(ref: AttemptRef): void
  /** Keeps the start of an attempt with its end, in one unit; where it was not told, as of the time that the end tells. */
  keepWith(tx: Transaction, end: FinishedParams, device_id: string): void
  /** Keeps none any more: the store is closed next. */
  stop(): void
}

type Held = { readonly ref: AttemptRef; readonly device_id: string; readonly at_ms: number }

/** Holds none. */
export const createStarts = ({ state, work, lifecycle, clock, log }: StartsContext): Starts => {
  const held = new Map<string, Held>()
  let cancelTimer: CancelTimer | undefined
  let isStopped = false

  /**
   * The task whose attempt waits for its start; undefined where that is known, where it is another attempt by now, and where it was
   * taken from its device since: it is not taken up again by what that had said before.
   */
  const startable = (ref: AttemptRef, device_id: string): TaskRecord | undefined => {
    const record = state.tasks.get(ref.task_id)
    if (record?.task.status !== 'pending' || !holds(record, device_id)) return undefined
    return isCurrent(record, ref, device_id) ? record : undefined
  }

  const apply = (tx: Transaction, { ref, device_id, at_ms }: Held) => {
    const record = startable(ref, device_id)
    if (record !== undefined) lifecycle.started(tx, record, device_id, at_ms)
  }

  const put = (start: Held, delayMs: number) => {
    if (isStopped) return
    held.set(keyOf(start.ref), start)
    cancelTimer ??= clock.after(delayMs, keep)
  }

  const keep = () => {
    cancelTimer?.()
    cancelTimer = undefined
    const starts = [...held.values()]
    held.clear()
    if (starts.length === 0) return
    work
      .runUnasked((tx) => {
        for (const start of starts) apply(tx, start)
      })
      .catch((error: unknown) => {
        log.error({ err: error, attempts: starts.map(({ ref }) => ref) }, 'starts of attempts could not be kept')
        for (const start of starts) put(start, AGAIN_MS)
      })
  }

  return {
    hold: (ref, device_id) => {
      if (startable(ref, device_id) !== undefined) put({ ref, device_id, at_ms: clock.now() }, HELD_MS)
    },
    keep,
    keepBefore: (ref) => {
      if (held.has(keyOf(ref))) keep()
    },
    keepWith: (tx, end, device_id) => {
      const own = held.get(keyOf(end))
      if (own?.device_id === device_id) {
        held.delete(keyOf(end))
        tx.undone(() => put(own, AGAIN_MS))
        apply(tx, own)
      } else if (end.execution_time_seconds !== null && (end.outcome === 'completed' || end.outcome === 'failed'))
        apply(tx, { ref: end, device_id, at_ms: clock.now() - end.execution_time_seconds * 1000 })
    },
    stop: () => {
      isStopped = true
      cancelTimer?.()
      held.clear()
    },
  }
}
