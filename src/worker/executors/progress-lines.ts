/**
 * Lines by which a program says how far it is, written like the workflow commands of GitHub Actions
 * (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions):
 *
 *     ::retire-cluster progress=40
 *     ::retire-cluster progress=62.5::page 5 of 8
 */
import type { Progress } from '../../../schemas/link.ts'
import { tenthsOf } from '../telemetry/units.ts'
import type { ByteTaker } from './output.ts'

/** Characters that a message may have: as many as the link takes (`progressFields`). */
export const MESSAGE_LENGTH = 256

/** How such a line begins. */
export const BEGINNING = '::retire-cluster progress='

/**
 * Such a line, as a program of the worker's own prints it; it must begin a line.
 * @param percent - cut to 0–100
 * @param message - put into one line, and cut
 */
export const progressLine = (percent: number, message: string): string => {
  const said = Array.from(message.replace(/\s+/g, ' ')).slice(0, MESSAGE_LENGTH).join('')
  return `${BEGINNING}${Math.min(100, Math.max(0, percent)).toFixed(1)}::${said}\n`
}

const WHOLE_LINE = new RegExp(String.raw`^${BEGINNING}(\d{1,3}(?:\.\d{1,9})?)(?:::(.{0,${MESSAGE_LENGTH}}))?\r?$`, 'su')

/** Bytes of the longest such line: a number, two colons, characters of four bytes each, and a CR. A longer one is none, and is never waited for. */
const LONGEST_LINE = BEGINNING.length + '100.000000000'.length + 2 + 4 * MESSAGE_LENGTH + 1

const LINE_FEED = 0x0a
const START = Buffer.from(BEGINNING)
const START_OF_NEXT = Buffer.from(`\n${BEGINNING}`)
const NOTHING = Buffer.alloc(0)

/** What a line says; undefined where it is just a line. @param line - without its line feed */
const progressOf = (line: Buffer): Progress | undefined => {
  if (line.length > LONGEST_LINE) return undefined
  const [, percent, message = ''] = WHOLE_LINE.exec(line.toString()) ?? []
  if (percent === undefined || Number(percent) > 100) return undefined
  return { progress: tenthsOf(Number(percent)), progress_message: message.trim() === '' ? null : message.trim() }
}

/** Whether what begins there is the start of such a line, as far as it has come in. */
const mayBegin = (bytes: Buffer, at: number): boolean => {
  const beginning = bytes.subarray(at, at + START.length)
  return beginning.equals(START.subarray(0, beginning.length))
}

/** Where, after this place, the next line begins that may be such a one; the end where none does. */
const nextBeginning = (bytes: Buffer, after: number): number => {
  const within = bytes.indexOf(START_OF_NEXT, after)
  if (within !== -1) return within + 1
  const last = bytes.lastIndexOf(LINE_FEED) + 1
  return last > after && mayBegin(bytes, last) ? last : bytes.length
}

/**
 * Takes the lines out of a stream on its way to a taker. The rest, malformed ones included, is passed on as it is. Only what may
 * be the beginning of such a line waits for more, and that is a kilobyte at the most, though a line never ends.
 */
export const withoutProgress = (taker: ByteTaker, onProgress: (progress: Progress) => void): ByteTaker => {
  let waiting: Buffer = NOTHING
  let isAtLineStart = true
  const passOn = (bytes: Buffer) => {
    if (bytes.length === 0) return
    isAtLineStart = bytes.at(-1) === LINE_FEED
    taker.write(bytes)
  }
  return {
    write: (chunk) => {
      const bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
      let done = 0
      let at = isAtLineStart && mayBegin(bytes, 0) ? 0 : nextBeginning(bytes, 0)
      while (at < bytes.length) {
        const end = bytes.indexOf(LINE_FEED, at)
        if (end === -1 && bytes.length - at <= LONGEST_LINE) break
        const progress = end === -1 ? undefined : progressOf(bytes.subarray(at, end))
        if (progress !== undefined) {
          passOn(bytes.subarray(done, at))
          onProgress(progress)
          done = end + 1
        }
        at = nextBeginning(bytes, progress === undefined ? at : end)
      }
      passOn(bytes.subarray(done, at))
      waiting = bytes.subarray(at)
    },
    end: () => {
      const progress = waiting.length === 0 ? undefined : progressOf(waiting)
      if (progress === undefined) passOn(waiting)
      else onProgress(progress)
      waiting = NOTHING
      taker.end()
    },
  }
}
