/** Live output of an attempt on its way to the node: put together, so that a chatty program does not flood the link. */
import type { Clock } from './clock.ts'

/** Milliseconds that text waits for more. */
const FLUSH_MS = 200
/** Characters of one message; so much is sent without waiting. */
const FLUSH_LENGTH = 65_536

/** A piece of output: where it begins in the whole of it, in characters (UTF-16 units), and its text. */
export type OutputPiece = { readonly offset: number; readonly text: string }

/** Output on its way. */
export interface OutputStream {
  write(text: string): void
  /** Sends again what was printed from an offset on: so far the node has it. */
  resume(offset: number): void
  /** Sends what waits, once. What the link does not take is in the result. */
  end(): void
  /** Sends nothing more: the end, which comes next, bears all of it. */
  drop(): void
}

/** Where a piece of at most `FLUSH_LENGTH` ends, without tearing a surrogate pair. */
const pieceEnd = (text: string): number => {
  if (text.length <= FLUSH_LENGTH) return text.length
  const last = text.charCodeAt(FLUSH_LENGTH - 1)
  return last >= 0xd800 && last <= 0xdbff ? FLUSH_LENGTH - 1 : FLUSH_LENGTH
}

/**
 * Makes a stream. Text that the link does not take (the node is away) waits. All of it is kept, since what was sent may get
 * lost; an executor prints no more than the output limit, which bounds it.
 * @param send - false: not taken
 */
export const createOutputStream = (clock: Clock, send: (piece: OutputPiece) => boolean): OutputStream => {
  // The very strings that the executor makes its result of: keeping them costs no copy.
  const printed: string[] = []
  let waiting = ''
  let offset = 0
  let cancelTimer: (() => void) | undefined
  const flush = () => {
    while (waiting !== '') {
      const text = waiting.slice(0, pieceEnd(waiting))
      if (!send({ offset, text })) return
      offset += text.length
      waiting = waiting.slice(text.length)
    }
  }
  const flushLater = () => {
    cancelTimer ??= clock.after(FLUSH_MS, () => {
      cancelTimer = undefined
      flush()
      if (waiting !== '') flushLater()
    })
  }
  return {
    write: (text) => {
      printed.push(text)
      waiting += text
      if (waiting.length >= FLUSH_LENGTH) flush()
      if (waiting !== '') flushLater()
    },
    resume: (from) => {
      waiting = printed.join('').slice(from)
      offset = from
      // What is not taken even now is asked for at the next welcome.
      flush()
    },
    end: () => {
      cancelTimer?.()
      flush()
    },
    drop: () => cancelTimer?.(),
  }
}
