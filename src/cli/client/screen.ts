/** Frames on a terminal, one after the other in the same place, until the user leaves. */
import { cut } from './table.ts'

const ESC = '\u001b['
// The alternate screen leaves what stood on the terminal as it was; the cursor would blink through the frames.
const ENTER = `${ESC}?1049h${ESC}?25l`
const LEAVE = `${ESC}?25h${ESC}?1049l`
// A terminal that knows synchronized output shows a frame when it is whole; others ignore it.
// https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036
const BEGIN = `${ESC}?2026h${ESC}H`
const REST_OF_LINE = `${ESC}K`
const REST_OF_SCREEN = `${ESC}J`
const END = `${ESC}?2026l`
/** Frames that come faster are left out: nobody sees more of them. */
const FRAME_MS = 40
const INTERRUPT = '\u0003'

/** The size of a terminal, in characters. */
export type Size = { readonly rows: number; readonly columns: number }

/** A screen that shows frames. */
export type Screen = {
  /** Shows a frame; it is drawn anew when the size of the terminal changes. What has no room is cut. */
  readonly show: (frame: (size: Size) => string) => void
  /** Aborted when the user leaves: by q, Ctrl-C or a signal. */
  readonly left: AbortSignal
}

/** The size of a terminal; one that does not know its own (a serial line, some containers) is taken for the classic 80×24. */
export const terminalSize = ({ rows = 0, columns = 0 }: Partial<Size>): Size => ({
  rows: rows > 0 ? rows : 24,
  columns: columns > 0 ? columns : 80,
})

/** A frame as one piece of text, so that one write shows it: half a frame would flicker. */
const drawn = (frame: string, { rows, columns }: Size): string => {
  const lines = frame.replace(/\n$/, '').split('\n').slice(0, rows)
  return `${BEGIN}${lines.map((line) => `${cut(line, columns)}${REST_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}${END}`
}

/** Listens for what ends a screen; returns how to stop that. */
const onLeaving = (leave: () => void): (() => void) => {
  const { stdin } = process
  const keys = (typed: Buffer) => {
    if (/^[qQ]/.test(typed.toString()) || typed.includes(INTERRUPT)) leave()
  }
  process.once('SIGINT', leave).once('SIGTERM', leave)
  if (stdin.isTTY) stdin.setRawMode(true).on('data', keys)
  return () => {
    process.off('SIGINT', leave).off('SIGTERM', leave)
    if (stdin.isTTY) stdin.setRawMode(false).off('data', keys).pause()
  }
}

/** Takes the whole terminal for as long as `work` lasts, and gives it back as it was. Leaving is no failure. */
export const onScreen = async (work: (screen: Screen) => Promise<void>): Promise<void> => {
  const { stdout } = process
  const leaving = new AbortController()
  let last: (size: Size) => string = () => ''
  const draw = () => void stdout.write(drawn(last(terminalSize(stdout)), terminalSize(stdout)))
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = onLeaving(() => leaving.abort())
  stdout.write(ENTER)
  stdout.on('resize', draw)
  const left = new Promise<void>((resolve) => {
    leaving.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    // Who leaves waits for nothing: a server that hangs would hold the terminal.
    const working = work({
      show: (frame) => {
        if (leaving.signal.aborted) return
        last = frame
        timer ??= setTimeout(() => {
          timer = undefined
          draw()
        }, FRAME_MS)
      },
      left: leaving.signal,
    })
    await Promise.race([working, left])
  } catch (error) {
    if (!leaving.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    stdout.off('resize', draw)
    stdout.write(LEAVE)
    stop()
  }
}
