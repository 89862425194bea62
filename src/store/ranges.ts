/** From instants to sequences, in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import { blocksOfLogs } from './queries/logs.ts'
import { blocksOfTasks } from './queries/tasks.ts'
import { type Period, type Range, rangeOf } from './spans.ts'
import { query, statement } from './statement.ts'

/** A function that finds the sequences between which all tasks of a period lie, and some others may. */
export const taskRange = (db: DatabaseSync): ((period: Period) => Range) => {
  const find = statement<Period>(db)((slot) => blocksOfTasks(query, slot))
  return (period) => rangeOf(find.get(period))
}

/** A function that finds the sequences between which all lines of the log of a period lie, and some others may. */
export const logRange = (db: DatabaseSync): ((period: Period) => Range) => {
  const find = statement<Period>(db)((slot) => blocksOfLogs(query, slot))
  return (period) => rangeOf(find.get(period))
}
