/** A task that takes its devices with it: a crash of the kernel, of the memory, or of the battery. Pure. */
import type { TaskAttempt } from '../../schemas/index.ts'

/** A device that goes away within this of starting a task may have gone because of it, seconds. */
const SOON_SECONDS = 60
/** Two such devices may be chance; the third is the last one (issue of faults: "not handed to a fourth"). */
const DEVICES = 3

/** A device that went away under the task, and how long after it had started it. */
export type Felled = { readonly device_id: string; readonly seconds: number }

/** Seconds from its start to its end; null where it lasts, or never started. */
const secondsOf = ({ started_at, ended_at }: TaskAttempt): number | null =>
  started_at === null || ended_at === null ? null : (Date.parse(ended_at) - Date.parse(started_at)) / 1000

/** The devices that went away soon after they had started the task, each once, in order. */
export const felledBy = (attempts: readonly TaskAttempt[]): Felled[] => {
  const felled = new Map<string, Felled>()
  for (const attempt of attempts) {
    const seconds = secondsOf(attempt)
    // Below zero the wall clock has jumped back: then nobody knows how long it was.
    if (attempt.outcome !== 'lost' || seconds === null || seconds < 0 || seconds > SOON_SECONDS) continue
    felled.set(attempt.device_id, { device_id: attempt.device_id, seconds })
  }
  return [...felled.values()]
}

/** Why no other device is given the task; undefined where one is. */
export const poisonReason = (attempts: readonly TaskAttempt[]): string | undefined => {
  const felled = felledBy(attempts)
  if (felled.length < DEVICES) return undefined
  const history = felled.map(({ device_id, seconds }) => `${device_id} after ${seconds.toFixed(1)} s`)
  return `${felled.length} devices went away within a minute of starting it (${history.join(', ')}); it is not given to another one`
}
