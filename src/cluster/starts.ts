/**
 * Starts of attempts that are not kept yet: of a short task the end comes within a moment, and both change its row once. To all
 * others it is as if the device had said so that much later.
 */
import type { AttemptRef, FinishedParams } from '../../schemas/index.ts'
import { isCurrent, keyOf } from './attempt.ts'
import { ClusterError } from './errors.ts'
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
  /** Keeps all that are held: somebody looks. What the store refused a moment ago is not on disk, and need not be shown. */
  keep(): void
  /** Keeps what the store refused a moment ago as well: what comes next builds on it. */
  keepAll(): void
  /** Keeps all that are held, where the start of this attempt is among them: it says something of itself. */
  keepBefore(ref: AttemptRef): void
  /** Keeps the start of an attempt with its end, in one unit; where it was not told, as of the time that the end tells. */
  keepWith(tx: Transaction, end: FinishedParams, device_id: string): void
  /** Keeps none any more: the store is closed next. */
  stop(): void
}

type Held = { readonly ref: AttemptRef; readonly device_id: string; readonly at_ms: number }

/** Starts that wait for a time: that of the first one, as the others are no older. */
const createPile = (clock: Clock, delayMs: number, onDue: () => void) => {
  const starts = new Map<string, Held>()
  let cancelTimer: CancelTimer | undefined
  return {
    put: (start: Held) => {
      starts.set(keyOf(start.ref), start)
      cancelTimer ??= clock.after(delayMs, onDue)
    },
    get: (ref: AttemptRef) => starts.get(keyOf(ref)),
    delete: (ref: AttemptRef) => starts.delete(keyOf(ref)),
    /** All of them; none is left. */
    take: (): readonly Held[] => {
      cancelTimer?.()
      cancelTimer = undefined
      const taken = [...starts.values()]
      starts.clear()
      return taken
    },
  }
}

const hasRun = ({ outcome }: FinishedParams) => outcome === 'completed' || outcome === 'failed'

/** Holds none. */
export const createStarts = ({ state, work, lifecycle, clock, log }: StartsContext): Starts => {
  let isStopped = false
  let isRefused = false

  /** The task whose attempt waits for its start; undefined where that is known, and where it is another attempt by now. */
  const startable = (ref: AttemptRef, device_id: string): TaskRecord | undefined => {
    const record = state.tasks.get(ref.task_id)
    return record?.task.status === 'pending' && isCurrent(record, ref, device_id) ? record : undefined
  }

  const apply = (tx: Transaction, { ref, device_id, at_ms }: Held) => {
    const record = startable(ref, device_id)
    if (record !== undefined) lifecycle.started(tx, record, device_id, at_ms)
  }

  const refuse = (starts: readonly Held[], error: unknown) => {
    // What is none of the contract's refusals ends this node: the next one hears of the starts at its hellos.
    if (isStopped || !(error instanceof ClusterError)) return
    if (!isRefused) log.error({ err: error, starts: starts.length }, 'starts of attempts cannot be kept yet')
    isRefused = true
    for (const start of starts) refused.put(start)
  }

  const write = (starts: readonly Held[]) => {
    if (starts.length === 0) return
    work
      .runUnasked((tx) => {
        for (const start of starts) {
          // An attempt that was taken from its device since is not taken up again by what that had said before.
          if (holds(state.tasks.get(start.ref.task_id), start.device_id)) apply(tx, start)
        }
      })
      .then(
        () => (isRefused = false),
        (error: unknown) => refuse(starts, error),
      )
  }

  const keep = () => write(fresh.take())
  const keepAll = () => write([...refused.take(), ...fresh.take()])
  const fresh = createPile(clock, HELD_MS, keep)
  const refused = createPile(clock, AGAIN_MS, keepAll)

  return {
    hold: (ref, device_id) => {
      const record = startable(ref, device_id)
      if (holds(record, device_id)) fresh.put({ ref, device_id, at_ms: clock.now() })
    },
    keep,
    keepAll,
    keepBefore: (ref) => {
      if (fresh.get(ref) !== undefined) keep()
    },
    keepWith: (tx, end, device_id) => {
      const told = fresh.get(end) ?? refused.get(end)
      if (told?.device_id === device_id) {
        fresh.delete(end)
        refused.delete(end)
        tx.undone(() => {
          if (!isStopped) refused.put(told)
        })
      }
      const { execution_time_seconds: seconds } = end
      const at_ms = told?.at_ms ?? (seconds === null || !hasRun(end) ? undefined : clock.now() - seconds * 1000)
      // The result of one that was taken from its device counts all the same; that it gives it back does not.
      const counts = hasRun(end) || holds(state.tasks.get(end.task_id), device_id)
      if (at_ms !== undefined && counts) apply(tx, { ref: end, device_id, at_ms })
    },
    stop: () => {
      isStopped = true
      fresh.take()
      refused.take()
    },
  }
}
