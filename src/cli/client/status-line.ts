/** One line at the foot of a terminal that is written anew, for as long as something lasts. */
import { terminalSize } from './screen.ts'
import { cut } from './table.ts'

const FRAME_MS = 100
const SIGNS = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const CLEARED = '\r\u001b[K'

/** Such a line. Where standard error is no terminal, there is none: a log file would fill with it. */
export type StatusLine = {
  /** Takes it away, so that something else can be written. */
  readonly hide: () => void
  /** Shows it again in a moment. The terminal must stand at the beginning of a line. */
  readonly show: () => void
}

/** Shows a line with a turning sign. @param text - what it says now; it must not steer the terminal */
export const statusLine = (text: () => string): StatusLine => {
  const { stderr } = process
  if (!stderr.isTTY) return { hide: () => undefined, show: () => undefined }
  let frame = 0
  let isThere = false
  let timer: ReturnType<typeof setInterval> | undefined
  const draw = () => {
    const sign = SIGNS[frame % SIGNS.length] ?? ''
    frame += 1
    isThere = true
    stderr.write(`\r${cut(`${sign} ${text()}`, terminalSize(stderr).columns - 1)}\u001b[K`)
  }
  const show = () => {
    clearInterval(timer)
    timer = setInterval(draw, FRAME_MS)
  }
  draw()
  show()
  return {
    hide: () => {
      clearInterval(timer)
      // What was written since it was hidden is not ours to take away.
      if (isThere) stderr.write(CLEARED)
      isThere = false
    },
    show,
  }
}
