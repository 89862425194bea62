/** Watches the device for its owner: looks every few seconds, and tells what follows from the policy. */
import type { OwnerPolicy, Pause } from '../../../schemas/policy.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { assess, type Conditions, unassessed } from './assessment.ts'

/** The watch. */
export interface OwnerWatch {
  /** Looks for the first time, and every so many milliseconds from then on. */
  start(everyMs: number): Promise<void>
  /** Looks at other intervals from now on. Nothing happens where it does not look. */
  change(everyMs: number): void
  stop(): void
}

/**
 * Makes the watch. A look that fails is logged, and what it would have changed stays as it was.
 * @param told - called after each look; null: the device takes tasks
 */
export const createOwnerWatch = ({
  policy,
  look,
  told,
  clock,
  log,
}: {
  readonly policy: OwnerPolicy
  readonly look: () => Promise<Conditions>
  readonly told: (pause: Pause | null) => void
  readonly clock: Clock
  readonly log: Log
}): OwnerWatch => {
  let assessment = unassessed
  let isLooking = false
  let everyMs = Infinity
  let cancel: () => void = () => undefined

  const lookOnce = async () => {
    try {
      const conditions = await look()
      if (!isLooking) return
      assessment = assess(policy, conditions, assessment)
      told(assessment.pause)
    } catch (error) {
      log.warn({ err: error }, 'the device could not be looked at for its owner’s policy')
    }
  }
  const schedule = () => {
    cancel()
    if (!isLooking) return
    cancel = clock.after(everyMs, () => void lookOnce().then(schedule))
  }

  return {
    start: async (firstEveryMs) => {
      isLooking = true
      everyMs = firstEveryMs
      await lookOnce()
      schedule()
    },
    change: (nextEveryMs) => {
      everyMs = nextEveryMs
      schedule()
    },
    stop: () => {
      isLooking = false
      cancel()
    },
  }
}
