/** Output on its way to the node while a task runs: in few messages, and never more than a result holds. */
import { MAX_OUTPUT_BYTES } from './executors/output.ts'
import type { Clock } from './clock.ts'

/** A message at most this often, milliseconds: a person who follows sees no step. */
const INTERVAL_MS = 200
/** What has gathered is sent at once from this length on, characters. */
const FULL = 65_536

/** Sends what a task prints. */
export type LiveOutput = {
  add(text: string): void
  /** Sends what is left. */
  flush(): void
}

/**
 * @param send - sends a piece with its offset, in characters; what it cannot send is not sent again, since the result has it all
 */
export const sendLive = (clock: Clock, send: (piece: { offset: number; text: string }) => void): LiveOutput => {
  let gathered = ''
  let sent = 0
  let cancel: (() => void) | undefined
  const flush = () => {
    cancel?.()
    cancel = undefined
    if (gathered === '') return
    const text = gathered.slice(0, Math.max(0, MAX_OUTPUT_BYTES - sent))
    gathered = ''
    if (text !== '') send({ offset: sent, text })
    sent += text.length
  }
  return {
    add: (text) => {
      gathered += text
      if (gathered.length >= FULL) flush()
      else cancel ??= clock.after(INTERVAL_MS, flush)
    },
    flush,
  }
}
