/** From start to end of a program that serves: signals, and closing what was opened, in reverse. */
import { constants } from 'node:os'
import type { Logger } from 'pino'

/** Within this many milliseconds of a signal a program has ended (CONTRACT.md §8). */
const DEADLINE_MS = 10_000

/** What is to be closed at the end. */
export type Closing = {
  /**
   * Adds something that was opened; it is closed before all that was added earlier.
   * `atOnce` is called instead where there is no time left: it must not wait for anything.
   */
  add(what: string, close: () => unknown, atOnce?: () => void): void
  /** Aborted at the first signal: a start that has to wait for something gives up then, with the AbortError of what it waited by. */
  readonly stopping: AbortSignal
}

/** The end of a program that serves: by itself with an exit code, or never. */
export type Serving = { readonly ended: Promise<number> }

/** A program that runs until it is told to stop. */
export const untilStopped: Serving = { ended: new Promise<never>(() => undefined) }

type Opened = { readonly what: string; readonly close: () => unknown; readonly atOnce: (() => void) | undefined }

const endAtOnce = (opened: readonly Opened[], exitCode: number): never => {
  for (const { atOnce } of opened.toReversed()) atOnce?.()
  process.exit(exitCode)
}

/** Resolves at the first SIGTERM or SIGINT. The second ends the process at once, with the code that shells use for it. */
const firstSignal = (opened: readonly Opened[], log: Logger): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let told = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (told) endAtOnce(opened, 128 + constants.signals[signal])
      told = true
      log.info({ signal }, 'stopping')
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })

const closeAll = async (opened: readonly Opened[], log: Logger): Promise<boolean> => {
  let clean = true
  for (const { what, close } of opened.toReversed()) {
    try {
      await close()
      log.debug({ what }, 'closed')
    } catch (error) {
      // The rest is closed all the same: a lock that stays taken would be worse.
      log.error({ err: error, what }, 'could not be closed')
      clean = false
    }
  }
  return clean
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/**
 * Starts a program, lets it serve until a signal comes or it ends by itself, and closes what it opened, the last first.
 * Resolves with its exit code. What `start` throws is thrown on when all is closed.
 */
export const serve = async (log: Logger, start: (closing: Closing) => Promise<Serving>): Promise<number> => {
  const opened: Opened[] = []
  const signal = firstSignal(opened, log)
  const stopping = new AbortController()
  void signal.then(() => stopping.abort())
  const closing: Closing = {
    add: (what, close, atOnce) => opened.push({ what, close, atOnce }),
    stopping: stopping.signal,
  }
  let exitCode: number
  try {
    const { ended } = await start(closing)
    exitCode = await Promise.race([signal.then(() => 0), ended])
  } catch (error) {
    if (!stopping.signal.aborted || !isAbort(error)) {
      await closeAll(opened, log)
      throw error
    }
    exitCode = 0
  }
  // Does not keep the process; it ends one that something else keeps.
  setTimeout(() => {
    log.error({ deadline_ms: DEADLINE_MS }, 'not stopped in time; ending at once')
    endAtOnce(opened, 1)
  }, DEADLINE_MS).unref()
  const clean = await closeAll(opened, log)
  log.info({ exit_code: exitCode }, 'stopped')
  return clean ? exitCode : Math.max(1, exitCode)
}
