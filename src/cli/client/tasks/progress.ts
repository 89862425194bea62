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

/** One line about a batch. */
export const progressText = (progress: BatchProgress, now: number = Date.now()): string =>
  `${counts(progress)}${left(progress, now)}`

/** Shows how far a batch is. */
export type ProgressView = {
  /** Before anything is known of the batch. */
  readonly say: (text: string) => void
  readonly show: (progress: BatchProgress) => void
  /** Writes a line of its own, which stays. */
  readonly remark: (text: string) => void
  readonly end: () => void
}

/** Shows it on standard error. */
export const progressView = (): ProgressView => {
  let text = ''
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
      text = `${bar(progress.progress)} ${progressText(progress)}`
      tell(progressText(progress))
    },
    remark: (what) => {
      line.hide()
      process.stderr.write(`${harmless(what)}\n`)
      line.show()
    },
    end: line.hide,
  }
}
