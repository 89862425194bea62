/**
 * Starts of attempts that are not kept yet: of a short task the end comes within a moment, and both change its row once. To all
 * others it is as if the device had said so that much later.
 */
import type { AttemptRef, FinishedParams } from '../../schemas/index.ts'
import { isCurrent } from './attempt.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { TaskRecord } from './ports/records.ts'
import type { State } from './state.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** How long a start is held, milliseconds: of a short task the end comes within it, most often. */
const HELD_MS = 20

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
  /** A device says that an attempt of its own has started. It is kept {@link HELD_MS} from now, unless something asks for it before. */
  hold(ref: AttemptRef, device_id: string): void
  /** Keeps all that are held: somebody looks, or what comes next builds on them. */
  keep(): void
  /** The same, where the start of this attempt is among them: it says something of itself. */
  keepBefore(ref: AttemptRef): void
  /** Keeps the start of an attempt with its end, in one unit; where it was not told, as of the time that the end tells. */
  keepWith(tx: Transaction, end: FinishedParams, device_id: string): void
}

type Held = { readonly ref: AttemptRef; readonly device_id: string; readonly at_ms: number }

/** Holds none. */
export const createStarts = ({ state, work, lifecycle, clock, log }: StartsContext): Starts => {
  const held = new Map<string, Held>()
  let cancelTimer: CancelTimer | undefined

  /** The task whose attempt waits for its start; undefined where it is another one by now, or the start is known. */
  const startable = (ref: AttemptRef, device_id: string): TaskRecord | undefined => {
    const record = state.tasks.get(ref.task_id)
    return record?.task.status === 'pending' && isCurrent(record, ref, device_id) ? record : undefined
  }

  const apply = (tx: Transaction, { ref, device_id, at_ms }: Held) => {
    const record = startable(ref, device_id)
    if (record !== undefined) lifecycle.started(tx, record, device_id, at_ms)
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
      .catch((error: unknown) => log.error({ err: error }, 'starts of attempts could not be kept'))
  }

  return {
    hold: (ref, device_id) => {
      if (startable(ref, device_id) === undefined) return
      held.set(ref.task_id, { ref, device_id, at_ms: clock.now() })
      cancelTimer ??= clock.after(HELD_MS, keep)
    },
    keep,
    keepBefore: ({ task_id }) => {
      if (held.has(task_id)) keep()
    },
    keepWith: (tx, end, device_id) => {
      const at_ms = held.get(end.task_id)?.at_ms
      held.delete(end.task_id)
      if (at_ms !== undefined) apply(tx, { ref: end, device_id, at_ms })
      else if (end.execution_time_seconds !== null && (end.outcome === 'completed' || end.outcome === 'failed'))
        apply(tx, { ref: end, device_id, at_ms: clock.now() - end.execution_time_seconds * 1000 })
    },
  }
}
