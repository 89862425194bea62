/** Turns: so many at a time, and whoever comes later waits, in the order of coming. */

/** Does some work when its turn has come. Ends with the signal's reason where that is aborted before. */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Makes turns of which so many are taken at a time. */
export const createTurns = (atATime: number): Turns => {
  let free = atATime
  const waiting: (() => void)[] = []

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1)
        reject(signal.reason as Error)
      }
      waiting.push(begin)
      signal.addEventListener('abort', leave, { once: true })
    })

  const pass = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }

  return async (signal, work) => {
    signal.throwIfAborted()
    if (free > 0) free -= 1
    else await wait(signal)
    try {
      return await work()
    } finally {
      pass()
    }
  }
}
