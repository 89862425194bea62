/** Time as the domain sees it: a port, so that tests move it instead of sleeping. */

/** Ends a timer; harmless once it has fired. */
export type CancelTimer = () => void

/** The clock of the node. */
export interface Clock {
  /** Wall-clock time, epoch milliseconds: for what people read. It may jump. */
  now(): number
  /** Monotonic time, milliseconds from an arbitrary origin: for durations and deadlines. It never jumps. */
  monotonic(): number
  /** Calls `fire` once, `delayMs` from now or a little later. */
  after(delayMs: number, fire: () => void): CancelTimer
  /** Calls `flush` at the end of this turn of the event loop. */
  endOfTurn(flush: () => void): void
}
