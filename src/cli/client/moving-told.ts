/** How a person is told how far a move is. */
import type { Progress } from '../../store/moving/move.ts'
import type { Output } from './output.ts'
import { counted } from './presentation.ts'
import { statusLine } from './status-line.ts'

/** A log file gets a line so often, milliseconds; a terminal has one line that is rewritten. */
const TELL_MS = 10_000

/** Progress in rows. */
type InRows = Extract<Progress, { rows: number }>

/** Rows of rows, and how many a second since the step began. */
export const rowsText = ({ step, rows, of }: InRows, { first, seconds }: { first: number; seconds: number }) =>
  `${step} ${rows} of ${of} rows${seconds < 1 ? '' : `, ${Math.round((rows - first) / seconds)}/s`}`

/** Tells of a move until it ends. */
export type MovingTold = {
  readonly progress: (progress: Progress) => void
  readonly end: () => void
}

/** Begins to tell of a move. */
export const movingTold = (output: Output): MovingTold => {
  let step: Progress['step'] | undefined
  let began = { ms: performance.now(), rows: 0 }
  let toldMs = began.ms
  let said = 'looking at both ends'
  const line = statusLine(() => said)
  const say = (text: string) => {
    said = text
    const now = performance.now()
    if (process.stderr.isTTY || now - toldMs < TELL_MS) return
    toldMs = now
    output.note(`${text}\n`)
  }
  return {
    progress: (progress) => {
      if (progress.step === 'files') {
        say(`copied ${counted(progress.files, 'file')} of tasks`)
        return
      }
      const now = performance.now()
      // What was there before, of a move that goes on, is no work of this one.
      if (step !== progress.step) began = { ms: now, rows: progress.rows }
      step = progress.step
      say(rowsText(progress, { first: began.rows, seconds: (now - began.ms) / 1000 }))
    },
    end: line.hide,
  }
}
