/** The end of a process that has done its work. It imports nothing: it is loaded before Node is known to be new enough. */

/**
 * How long V8 is left alone before the end, milliseconds. `process.exit` waits for its threads, and one of them that compiles may wait
 * for a collection that nobody makes any more: both for ever (https://github.com/nodejs/node/issues/54918, seen with Node 24.21). In a
 * moment without work what was begun is over.
 */
const QUIET_MS = 10

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, QUIET_MS))

/** Ends the process, whatever keeps its event loop. */
export const endProcess = async (exitCode: number): Promise<never> => {
  await quiet()
  // A collection that was waited for has been made as this goes on; who waited gets the time to end.
  await quiet()
  process.exit(exitCode)
}
