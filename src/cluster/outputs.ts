/** What running tasks print, kept in memory until they end; then it stands in their result. */
import type { OutputParams } from '../../schemas/index.ts'
import type { OutputPiece } from './cluster.ts'
import type { TaskRecord } from './ports/store.ts'

/** At most so much text of a running task is kept: as much as a result holds (CONTRACT.md §3). */
const MAX_CHARACTERS = 1_048_576
/** Of a task's output at most so many lines stand in its log, the last ones. */
const LOGGED_LINES = 100
const LOGGED_CHARACTERS = 1000

/** What running tasks have printed. */
export interface Outputs {
  /** A running attempt has printed something; known up to the first piece that is missing. */
  append(output: OutputParams): void
  /** What a running task has printed so far; undefined where nothing is known. */
  of(task_id: string): string | undefined
  /** The task is final, or its attempt is: its text is in the result, or void. */
  drop(task_id: string): void
}

/** Nothing printed yet. */
export const createOutputs = (): Outputs => {
  const texts = new Map<string, { attempt: number; text: string }>()
  return {
    append: ({ task_id, attempt, offset, text }) => {
      const before = texts.get(task_id)
      const known = before?.attempt === attempt ? before.text : ''
      // What was printed while the connection was lost is not sent again: it stands in the result. A text with a hole would
      // shift every offset after it.
      if (offset !== known.length) return
      texts.set(task_id, { attempt, text: (known + text).slice(0, MAX_CHARACTERS) })
    },
    of: (task_id) => texts.get(task_id)?.text,
    drop: (task_id) => texts.delete(task_id),
  }
}

/** The last lines of an output, as they stand in a task's log. */
export const loggedLines = (output: string): string[] => {
  const lines = output.replace(/\r?\n$/, '').split(/\r?\n/)
  return output === '' ? [] : lines.slice(-LOGGED_LINES).map((line) => line.slice(0, LOGGED_CHARACTERS))
}

/** The output of a task from an offset on. */
export const outputFrom = (record: TaskRecord, live: string | undefined, offset: number): OutputPiece => {
  const { result, completed_at } = record.task
  const whole = result?.output ?? live ?? ''
  return { text: whole.slice(offset), next_offset: Math.max(offset, whole.length), ended: completed_at !== null }
}
