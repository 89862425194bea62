/** One direction of the network at a device. */

/** What goes through it arrives in order. */
export interface Lane {
  isThrough(): boolean
  /** Opens or closes the way. What waited arrives once it is open. */
  set(isThrough: boolean): void
  /**
   * Brings something to its end: at once, or when the way is open again. TCP sends again what was not acknowledged (RFC 9293,
   * section 3.8.1), so a gap that the connection outlives loses nothing; it is for the receiver to ask whether it did outlive it.
   */
  pass(arrive: () => void): void
}

/** A way that is open. */
export const createLane = (): Lane => {
  let isThrough = true
  let waiting: (() => void)[] = []
  return {
    isThrough: () => isThrough,
    set: (through) => {
      isThrough = through
      if (!isThrough) return
      const arriving = waiting
      waiting = []
      for (const arrive of arriving) arrive()
    },
    pass: (arrive) => {
      if (isThrough) arrive()
      else waiting.push(arrive)
    },
  }
}
