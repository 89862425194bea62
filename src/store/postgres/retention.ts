/** What ages out: the oldest rows beyond the bounds, a few thousand at a time, so that no commit waits long. */
import type { Bounds, Pruned } from '../../cluster/ports/store.ts'
import { AT_A_TIME, auditBeyond, BYTES_AT_A_TIME, journalBeyond, logsBeyond } from '../beyond.ts'
import { HOUR_MS } from '../ends.ts'
import { removalOfAnswers } from '../queries/answers.ts'
import { removalOfTasks } from '../queries/tasks.ts'
import { BLOCK } from '../spans.ts'
import type { Run } from './run.ts'
import { query, statement } from './statement.ts'

const oldTasks = statement<{ before: number; most: number }>()((slot) => removalOfTasks(query, slot))
const oldAnswers = statement<{ before: number; most: number }>()((slot) => removalOfAnswers(query, slot))

/** Before every instant that there is. */
const ANY = Number.MAX_SAFE_INTEGER

/** What a row takes beside what it holds, in bytes: its header, and its places in the indexes. Of a task, of any other. */
const TASK_OVERHEAD = 500
const ROW_OVERHEAD = 100

const numberOf = async (run: Run, text: string): Promise<number> =>
  (await run<{ value: number | null }>(text)).rows[0]?.value ?? 0

const finishedTasks = (run: Run) =>
  numberOf(run, `SELECT sum(tasks) AS value FROM task_counts WHERE status IN ('completed', 'failed', 'cancelled')`)

/**
 * Bytes of the rows that are kept. The files of the database are larger: what was removed is free in them for what comes
 * (autovacuum), and is not given back. A bound on the files would be met for ever.
 */
const usedBytes = async (run: Run): Promise<number> =>
  numberOf(
    run,
    `SELECT
      (SELECT coalesce(sum(bytes + (pending + running + completed + failed + cancelled) * ${TASK_OVERHEAD}), 0)
        FROM task_spans)
      + (SELECT coalesce(sum(octet_length(events) + ${ROW_OVERHEAD}), 0) FROM journal)
      + (SELECT coalesce(sum(octet_length(entry) + ${ROW_OVERHEAD}), 0) FROM logs)
      + (SELECT coalesce(sum(octet_length(entry) + ${ROW_OVERHEAD}), 0) FROM audit)
      + (SELECT coalesce(sum(octet_length(answer) + ${ROW_OVERHEAD}), 0) FROM idempotency)
      + (SELECT count(*) * 2 * ${ROW_OVERHEAD} FROM metrics) AS value`,
  )

const pruneTasks = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const aged = await oldTasks.run(run, { before: bounds.tasksEndedSince_ms, most: AT_A_TIME })
  const surplus = (await finishedTasks(run)) - bounds.maxFinishedTasks
  if (surplus > 0) await oldTasks.run(run, { before: ANY, most: Math.min(surplus, AT_A_TIME) })
  return aged === AT_A_TIME || surplus > AT_A_TIME
}

const pruneAnswers = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const aged = await oldAnswers.run(run, { before: bounds.answersSince_ms, most: AT_A_TIME })
  const surplus = (await numberOf(run, 'SELECT count(*) AS value FROM idempotency')) - bounds.maxAnswers
  if (surplus > 0) await oldAnswers.run(run, { before: ANY, most: Math.min(surplus, AT_A_TIME) })
  return aged === AT_A_TIME || surplus > AT_A_TIME
}

const pruneEvents = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const { rows } = await run<{ last_sequence: number; at_ms: number }>(
    'SELECT last_sequence, at_ms FROM journal ORDER BY last_sequence LIMIT $1',
    [AT_A_TIME],
  )
  const { last, isMore } = journalBeyond(
    rows,
    await numberOf(run, 'SELECT max(last_sequence) AS value FROM journal'),
    bounds,
  )
  if (last !== undefined) await run('DELETE FROM journal WHERE last_sequence <= $1', [last])
  return isMore
}

const pruneLogs = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const { rows } = await run<{ sequence: number; at_ms: number; bytes: number }>(
    'SELECT sequence, at_ms, octet_length(entry) AS bytes FROM logs ORDER BY sequence LIMIT $1',
    [AT_A_TIME],
  )
  const all = await numberOf(run, 'SELECT sum(octet_length(entry)) AS value FROM logs')
  const { last, isMore } = logsBeyond(rows, all, bounds)
  if (last !== undefined) {
    await run('DELETE FROM logs WHERE sequence <= $1', [last])
    await run(`DELETE FROM log_spans WHERE (block + 1) * ${BLOCK} <= $1 + 1`, [last])
  }
  return isMore
}

const pruneAudit = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const { rows } = await run<{ sequence: number; at_ms: number; hash: string }>(
    'SELECT sequence, at_ms, hash FROM audit ORDER BY sequence LIMIT $1',
    [AT_A_TIME],
  )
  const { last, isMore } = auditBeyond(rows, await numberOf(run, 'SELECT max(sequence) AS value FROM audit'), bounds)
  if (last === undefined) return false
  await run(
    `INSERT INTO audit_anchor VALUES (1, $1, $2)
      ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`,
    [last.sequence, last.hash],
  )
  await run('DELETE FROM audit WHERE sequence <= $1', [last.sequence])
  return isMore
}

const pruneFigures = async (run: Run, bounds: Bounds): Promise<boolean> => {
  const drop = (resolution: string, before: number) =>
    run('DELETE FROM metrics WHERE resolution = $1 AND at_ms < $2', [resolution, before])
  await drop('minute', bounds.minutesSince_ms)
  await drop('hour', bounds.hoursSince_ms)
  return false
}

/** Sums that have become zero. */
const sweepSums = async (run: Run): Promise<void> => {
  await run('DELETE FROM task_counts WHERE tasks = 0')
  await run('DELETE FROM task_ends WHERE tasks = 0')
  await run('DELETE FROM task_spans WHERE pending + running + completed + failed + cancelled = 0')
}

/**
 * Removes some of the oldest where all together is larger than its bound: finished tasks, then events, then the minute means.
 * Returns true where some went.
 */
const shrink = async (run: Run, used: number, { maxBytes }: Bounds): Promise<boolean> => {
  if (used <= maxBytes) return false
  // As many of the oldest tasks as are likely to hold these bytes.
  const share = Math.min(used - maxBytes, BYTES_AT_A_TIME) / used
  const most = Math.min(AT_A_TIME, Math.ceil(share * (await finishedTasks(run))))
  if ((await oldTasks.run(run, { before: ANY, most })) > 0) return true
  const events = await run(
    `DELETE FROM journal WHERE last_sequence IN (SELECT last_sequence FROM journal ORDER BY last_sequence LIMIT $1)`,
    [AT_A_TIME / 10],
  )
  if (events.changed > 0) return true
  const minutes = await run(
    `DELETE FROM metrics WHERE resolution = 'minute'
      AND at_ms < (SELECT min(at_ms) FROM metrics WHERE resolution = 'minute') + $1`,
    [HOUR_MS],
  )
  return minutes.changed > 0
}

/** Removes some of what is beyond the bounds, as the port's `prune`. To be run inside a transaction. */
export const prune = async (run: Run, bounds: Bounds): Promise<Pruned> => {
  let isMore = false
  for (const step of [pruneFigures, pruneTasks, pruneEvents, pruneLogs, pruneAnswers, pruneAudit])
    isMore = (await step(run, bounds)) || isMore
  isMore = (await shrink(run, await usedBytes(run), bounds)) || isMore
  await sweepSums(run)
  if (isMore) return 'more'
  return (await usedBytes(run)) > bounds.maxBytes ? 'beyond' : 'done'
}
