/** `--watch`: what a command shows, again and again. */
import { pause } from '../../client/retrying.ts'
import { harmless } from '../harmless.ts'
import { asFailure } from './failures.ts'
import type { Output } from './output.ts'
import { patienceAfter } from './patience.ts'
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

const sentenceOf = (error: unknown, url: string): string => {
  const failure = asFailure(error, url)
  return `${harmless(failure instanceof Error ? failure.message : String(failure))}\n`
}

/** Shows it in the same place of the terminal. An API that goes away later is told, and asked again. */
const watchOnScreen = (output: Output, run: (output: Output) => Promise<void>, url: string): Promise<void> =>
  onScreen(async ({ show, left }) => {
    let shown = await printed(output, run)
    for (let atLeastMs = 0; ;) {
      const frame = `${new Date().toISOString()}  q leaves\n\n${shown}`
      show(() => frame)
      await pause(Math.max(PERIOD_MS, atLeastMs), left)
      try {
        shown = await printed(output, run)
        atLeastMs = 0
      } catch (error) {
        atLeastMs = patienceAfter(error)
        shown = sentenceOf(error, url)
      }
    }
  })

/** A pipe gets it whenever it is another. That the API went away is told once, beside it. */
const watchInPipe = async (
  output: Output,
  run: (output: Output) => Promise<void>,
  { url, periodMs }: { readonly url: string; readonly periodMs: number },
): Promise<void> => {
  let before = await printed(output, run)
  await output.write(before)
  for (let atLeastMs = 0, isAway = false; ;) {
    await pause(Math.max(periodMs, atLeastMs))
    try {
      const now = await printed(output, run)
      if (now !== before) await output.write(now)
      before = now
      atLeastMs = 0
      isAway = false
    } catch (error) {
      atLeastMs = patienceAfter(error)
      if (!isAway) output.note(sentenceOf(error, url))
      isAway = true
    }
  }
}

/**
 * Runs a command again and again, until the user ends it.
 * @param url - where the API is
 * @param periodMs - how long a pipe waits between two runs
 */
export const watch = (
  output: Output,
  run: (output: Output) => Promise<void>,
  url: string,
  periodMs: number = PERIOD_MS,
): Promise<void> => (output.isTerminal ? watchOnScreen(output, run, url) : watchInPipe(output, run, { url, periodMs }))
