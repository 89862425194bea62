/** One line at the foot of a terminal that is written anew, for as long as something lasts. */
import { terminalSize } from './screen.ts'
import { cut } from './table.ts'

const FRAME_MS = 100
const SIGNS = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const CLEARED = '\r\u001b[K'

/** Such a line. Where standard error is no terminal, there is none: a log file would fill with it. */
export type StatusLine = {
  /** Takes it away for good. */
  readonly end: () => void
}

/** Shows a line with a turning sign. @param text - what it says now */
export const statusLine = (text: () => string): StatusLine => {
  const { stderr } = process
  if (!stderr.isTTY) return { end: () => undefined }
  let frame = 0
  const draw = () => {
    const sign = SIGNS[frame % SIGNS.length] ?? ''
    frame += 1
    stderr.write(`\r${cut(`${sign} ${text()}`, terminalSize(stderr).columns - 1)}\u001b[K`)
  }
  draw()
  const timer = setInterval(draw, FRAME_MS)
  let isThere = true
  return {
    end: () => {
      clearInterval(timer)
      // What was written since the first end is not ours to take away.
      if (isThere) stderr.write(CLEARED)
      isThere = false
    },
  }
}
