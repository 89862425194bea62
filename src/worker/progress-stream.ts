/** How far an attempt is, on its way to the node: the last word counts, and the node hears one a second at the most. */
import type { Progress } from '../../schemas/link.ts'
import type { Clock } from './clock.ts'

/** Milliseconds between two words. */
const PAUSE_MS = 1000

/** Progress on its way. */
export interface ProgressStream {
  write(progress: Progress): void
  /** What was written last; undefined where nothing was. */
  last(): Progress | undefined
  /** Sends the last word again: a node that was away may not have it. */
  resume(): void
  /** Sends nothing more: the end of the attempt bears the last word. */
  end(): void
}

/**
 * Makes a stream. What the link does not take (the node is away) is sent by the next word, or by `resume`.
 * @param send - false: not taken
 */
export const createProgressStream = (clock: Clock, send: (progress: Progress) => boolean): ProgressStream => {
  let last: Progress | undefined
  let isSent = true
  let cancelPause: (() => void) | undefined
  const say = () => {
    if (last === undefined || isSent || cancelPause !== undefined) return
    isSent = send(last)
    if (!isSent) return
    cancelPause = clock.after(PAUSE_MS, () => {
      cancelPause = undefined
      say()
    })
  }
  return {
    write: (progress) => {
      last = progress
      isSent = false
      say()
    },
    last: () => last,
    resume: () => {
      isSent = false
      say()
    },
    end: () => {
      isSent = true
      cancelPause?.()
    },
  }
}
