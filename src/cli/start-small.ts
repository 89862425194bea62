/** How a worker starts: with a small heap, since what it loads and compiles once is garbage a second later. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** By then it listens or has joined, and what it needs at work is loaded, milliseconds. */
const STARTED_MS = 5000

/**
 * Keeps V8 from growing its young generation while the programs load, and lets it grow from then on, for speed under load.
 * Measured: a worker saves 2 MB. A server, of which the compiled code is kept, saves nothing by it (docs/adr/0017-kept-code.md).
 */
export const startSmall = (): void => {
  setFlagsFromString('--optimize-for-size')
  setFlagsFromString('--semi-space-growth-factor=1')
  setTimeout(() => {
    setFlagsFromString('--no-optimize-for-size')
    setFlagsFromString('--semi-space-growth-factor=2')
  }, STARTED_MS).unref()
}

/**
 * Collects once, after the start, what that has left: a program that then does next to nothing would never come to it by itself.
 * Measured: a worker keeps 3 MB less.
 */
export const collectOnceStarted = (): void => {
  const collect = () => {
    // What `node --expose-gc` gives to all code, for this one call.
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as (how: object) => void
    setFlagsFromString('--no-expose-gc')
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }
  setTimeout(collect, STARTED_MS).unref()
}
