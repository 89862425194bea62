/** Ctrl-C: the first one ends in good order, the second one at once. */

/** Runs something until it ends or the user ends it. @param work - gets a signal that the first Ctrl-C aborts */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interruption = new AbortController()
  // Once: with nobody listening any more, the next one ends the process.
  const interrupt = () => interruption.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await work(interruption.signal)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}
