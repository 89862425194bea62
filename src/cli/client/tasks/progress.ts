/** How far a batch is: a bar on a terminal, plain lines in a log file. */
import type { BatchProgress } from '../../../../schemas/batch.ts'
import { harmless } from '../../harmless.ts'
import { span } from '../presentation.ts'
import { statusLine } from '../status-line.ts'

const BAR_WIDTH = 24
/** A log file gets a line at most so often. */
const LINE_EVERY_MS = 10_000

const bar = (progress: number): string => {
  const full = Math.floor((progress / 100) * BAR_WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`
}

const counts = ({ total, pending, running, completed, failed, cancelled }: BatchProgress): string => {
  const some = Object.entries({ running, pending, failed, cancelled }).filter(([, count]) => count > 0)
  return [`${completed + failed + cancelled} of ${total}`, ...some.map(([name, count]) => `${count} ${name}`)].join(
    ', ',
  )
}

const left = ({ estimated_completion }: BatchProgress, now: number): string => {
  const seconds = estimated_completion === null ? 0 : (Date.parse(estimated_completion) - now) / 1000
  return seconds > 0 ? `, about ${span(Math.ceil(seconds))} left` : ''
}

const waits = (count: number): string => {
  if (count === 0) return ''
  return count === 1 ? '; 1 waits for a device' : `; ${count} wait for a device`
}

/** One line about a batch. @param waiting - how many of its tasks no device takes */
export const progressText = (progress: BatchProgress, waiting = 0, now: number = Date.now()): string =>
  `${counts(progress)}${left(progress, now)}${waits(waiting)}`

/** Shows how far a batch is. */
export type ProgressView = {
  /** Before anything is known of the batch. */
  readonly say: (text: string) => void
  readonly show: (progress: BatchProgress) => void
  /** Says how many tasks no device takes, from the next showing on. */
  readonly showWaiting: (count: number) => void
  /** Writes a line of its own, which stays. */
  readonly remark: (text: string) => void
  readonly end: () => void
}

/** Shows it on standard error. */
export const progressView = (): ProgressView => {
  let text = ''
  let waiting = 0
  let toldMs = Number.NEGATIVE_INFINITY
  const line = statusLine(() => text)
  const tell = (plain: string) => {
    if (process.stderr.isTTY || performance.now() - toldMs < LINE_EVERY_MS) return
    toldMs = performance.now()
    process.stderr.write(`${plain}\n`)
  }
  return {
    say: (what) => (text = what),
    show: (progress) => {
      // Some have been given to a device since they were looked at.
      const plain = progressText(progress, Math.min(waiting, progress.pending))
      text = `${bar(progress.progress)} ${plain}`
      tell(plain)
    },
    showWaiting: (count) => (waiting = count),
    remark: (what) => {
      line.hide()
      process.stderr.write(`${harmless(what)}\n`)
      line.show()
    },
    end: line.hide,
  }
}
