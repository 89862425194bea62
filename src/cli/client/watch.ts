/** `--watch`: what a command shows, again and again. */
import { ConnectionError } from '../../client/errors.ts'
import { pause } from '../../client/retrying.ts'
import { harmless } from '../harmless.ts'
import { unreachable } from './failures.ts'
import type { Output } from './output.ts'
import { onScreen } from './screen.ts'

/** As watch(1) has it; a read every two seconds leaves half of the API's budget of reads. */
const PERIOD_MS = 2000

/** What one run prints. */
const printed = async (output: Output, run: (output: Output) => Promise<void>): Promise<string> => {
  const pieces: string[] = []
  await run({
    ...output,
    write: (text) => {
      pieces.push(text)
      return Promise.resolve()
    },
    note: (text) => void pieces.push(harmless(text)),
  })
  return pieces.join('')
}

/** Shows it in the same place of the terminal. An API that goes away later is told, and asked again. */
const watchOnScreen = (output: Output, run: (output: Output) => Promise<void>, url: string): Promise<void> =>
  onScreen(async ({ show, left }) => {
    let shown = await printed(output, run)
    for (;;) {
      const frame = `${new Date().toLocaleTimeString()}  q leaves\n\n${shown}`
      show(() => frame)
      await pause(PERIOD_MS, left)
      try {
        shown = await printed(output, run)
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error
        shown = `${unreachable(error, url).message}\n`
      }
    }
  })

/** A pipe gets it whenever it is another. */
const watchInPipe = async (output: Output, run: (output: Output) => Promise<void>): Promise<void> => {
  for (let before: string | undefined; ;) {
    const now = await printed(output, run)
    if (now !== before) await output.write(now)
    before = now
    await pause(PERIOD_MS)
  }
}

/**
 * Runs a command again and again, until the user ends it.
 * @param url - where the API is
 */
export const watch = (output: Output, run: (output: Output) => Promise<void>, url: string): Promise<void> =>
  process.stdout.isTTY ? watchOnScreen(output, run, url) : watchInPipe(output, run)
