/** What a pause does: nothing new is taken, what runs has a while to end, and goes to others then; at once where the device may go first. */
import type { Pause } from '../../schemas/policy.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { isUrgent, movesTasks } from './policy/assessment.ts'
import type { Runner } from './runner.ts'

/** How long what runs may go on when a pause begins, milliseconds; then it is handed back. */
export const GRACE_MS = 60_000

/** The pauses of a device. */
export interface Pausing {
  /** Why it takes nothing now; null where it takes tasks. */
  now(): Pause | null
  /** What the owner's policy says at the moment. Nothing follows where that is what it said before. */
  follow(pause: Pause | null): void
  /** Takes nothing any more, for good, and follows no policy from then on. Resolves when the node was told. */
  close(pause: Pause): Promise<void>
}

/**
 * Makes the pauses.
 * @param announce - tells the node at once
 */
export const createPausing = ({
  runner,
  announce,
  clock,
  log,
}: {
  readonly runner: Pick<Runner, 'open' | 'close' | 'returnAll' | 'running'>
  readonly announce: () => Promise<void>
  readonly clock: Clock
  readonly log: Log
}): Pausing => {
  let current: Pause | null = null
  let isClosed = false
  let cancelGrace: (() => void) | undefined

  const endGrace = () => {
    cancelGrace?.()
    cancelGrace = undefined
  }
  const handBack = ({ message }: Pause) => {
    log.info({ running: runner.running().length }, 'what runs is handed back')
    void runner.returnAll(`Its device had to pause. ${message}`)
  }

  return {
    now: () => current,
    follow: (pause) => {
      if (isClosed) return
      const before = current
      current = pause
      if (pause?.reason === before?.reason) return
      if (pause === null) {
        endGrace()
        runner.open()
        log.info({}, 'takes tasks again')
      } else {
        runner.close(`Its device had paused. ${pause.message}`)
        if (isUrgent(pause.reason)) {
          endGrace()
          handBack(pause)
        } else if (!movesTasks(pause.reason)) endGrace()
        // A second reason while the first lasts gives no second grace.
        else cancelGrace ??= clock.after(GRACE_MS, () => handBack(pause))
        log.info({ reason: pause.reason, why: pause.message }, 'takes no tasks now')
      }
      void announce()
    },
    close: (pause) => {
      isClosed = true
      endGrace()
      current = pause
      runner.close(pause.message)
      return announce()
    },
  }
}
