/** Signals that end a command: the first one in good order, the second one at once. */
import { constants } from 'node:os'

/** Ctrl-C; and what tells that the session, the machine or the terminal goes away. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal came. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.signal = signal
  }

  /** As a shell has it for a program that this signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal]
  }
}

/**
 * Runs something until it ends or a signal comes.
 * @param work - gets a signal that the first one aborts, with an {@link Interrupted} as its reason
 */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interruption = new AbortController()
  const deafen = () => {
    for (const signal of signals) process.off(signal, interrupt)
  }
  const interrupt = (signal: NodeJS.Signals) => {
    // With nobody listening any more, the next one ends the process.
    deafen()
    interruption.abort(new Interrupted(signal))
  }
  for (const signal of signals) process.on(signal, interrupt)
  try {
    return await work(interruption.signal)
  } finally {
    deafen()
  }
}
