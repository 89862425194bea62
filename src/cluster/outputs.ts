/** What running tasks print, kept in memory until they end; then it stands in their result. */
import type { AttemptRef, OutputParams } from '../../schemas/index.ts'
import type { OutputPiece } from './cluster.ts'
import type { TaskRecord } from './ports/records.ts'

/** At most so much text of a running task is kept: as much as a result holds (CONTRACT.md §3). */
const MAX_CHARACTERS = 1_048_576
/** Of a task's output at most so many lines stand in its log, the last ones. */
const LOGGED_LINES = 100
const LOGGED_CHARACTERS = 1000

/** What running tasks have printed. */
export interface Outputs {
  /** A running attempt has printed something. What is known already is not taken twice; a text with a hole is not taken at all. */
  append(output: OutputParams): void
  /** How much of the output of an attempt is known, in characters: what comes next is appended there. */
  known(attempt: AttemptRef): number
  /** What a running task has printed so far; undefined where nothing is known. */
  of(task_id: string): string | undefined
  /** The task is final, or its attempt is: its text is in the result, or void. */
  drop(task_id: string): void
}

/** Nothing printed yet. */
export const createOutputs = (): Outputs => {
  const texts = new Map<string, { attempt: number; text: string }>()
  const textOf = ({ task_id, attempt }: AttemptRef) => {
    const known = texts.get(task_id)
    return known?.attempt === attempt ? known.text : ''
  }
  return {
    append: (output) => {
      const known = textOf(output)
      // A hole would shift every offset after it. At its next hello the device is told where to go on.
      if (output.offset > known.length) return
      const text = known + output.text.slice(known.length - output.offset)
      texts.set(output.task_id, { attempt: output.attempt, text: text.slice(0, MAX_CHARACTERS) })
    },
    known: (attempt) => textOf(attempt).length,
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
