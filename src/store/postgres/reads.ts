/** What is read of tasks, batches, the log, the audit log and figures: the queries that SQLite runs too. */
import { sql } from 'kysely'
import type { TaskArtifact } from '../../../schemas/index.ts'
import type { StoredEvent } from '../../cluster/ports/records.ts'
import type { AuditFilter, LogFilter, Store, TaskCounts, TaskFilter } from '../../cluster/ports/store.ts'
import { countsOf, none, sum, summaryOf, wayToCount } from '../counting.ts'
import { endsTogether, partsOfEnds } from '../ends.ts'
import { answerOf } from '../queries/answers.ts'
import { auditArguments, type AuditArguments, countOfAudit, pageOfAudit } from '../queries/audit.ts'
import { sumsOfBatch, unrepeatedOf } from '../queries/batches.ts'
import { type FigureArguments, figuresSince } from '../queries/figures.ts'
import { blocksOfLogs, countOfLogs, type LogArguments, logArguments, pageOfLogs, shapeOfLogs } from '../queries/logs.ts'
import {
  blocksOfTasks,
  countOfRows,
  cutBlocks,
  endsByHour,
  endsWithin,
  keptCounts,
  pageOfTasks,
  wholeBlocks,
} from '../queries/tasks.ts'
import { auditOf, eventsIn, keptAnswerOf, logOf } from '../rows.ts'
import { type NoArguments, perShape, shapeOf } from '../slots.ts'
import { everything, type Period, periodOf, type Range, rangeOf } from '../spans.ts'
import { type FilterArguments, filterArguments, isDated } from '../task-filter.ts'
import { listedOf, recordOf } from '../task-record.ts'
import type { Readers } from './connection.ts'
import type { Run } from './run.ts'
import { query, statement } from './statement.ts'

/** Statements that are looked at by tests of the query plans; the others are as simple as they look. */
export const statements = {
  taskPage: perShape((shape) =>
    statement<FilterArguments & { limit: number }>()((slot) => pageOfTasks(query, slot, shape)),
  ),
  taskRows: perShape((shape) => statement<FilterArguments>()((slot) => countOfRows(query, slot, shape))),
  keptCounts: perShape((shape) => statement<FilterArguments>()((slot) => keptCounts(query, slot, shape))),
  wholeBlocks: statement<Period>()((slot) => wholeBlocks(query, slot)),
  cutBlocks: statement<Period>()((slot) => cutBlocks(query, slot)),
  blocksOfTasks: statement<Period>()((slot) => blocksOfTasks(query, slot)),
  endsByHour: perShape((shape) =>
    statement<{ from: number; device_id: string | null }>()((slot) => endsByHour(query, slot, shape)),
  ),
  endsWithin: statement<{ from: number; to: number }>()((slot) => endsWithin(query, slot)),
  unrepeated: statement<{ batch_id: string; after: number; limit: number }>()((slot) => unrepeatedOf(query, slot)),
  sumsOfBatch: statement<{ batch_id: string }>()((slot) => sumsOfBatch(query, slot)),
  /** What was left stands in a column of its own: of a record, what a task printed may be a MiB. */
  left: statement<{ batch_id: string; after: number; limit: number }>()((slot) =>
    query
      .selectFrom('tasks')
      .select(['task_id', 'ended_ms', sql<string | null>`artifacts`.as('artifacts')])
      .where('batch_id', '=', slot('batch_id'))
      .where('sequence', '>', slot('after'))
      .where('status', '=', 'completed')
      .orderBy('sequence')
      .limit(slot('limit')),
  ),
  logPage: perShape((shape) => statement<LogArguments & { limit: number }>()((slot) => pageOfLogs(query, slot, shape))),
  /** Given the files as $1 and the instant as $2; in their order. */
  named: `
    WITH open AS MATERIALIZED (
      SELECT batch_id FROM tasks WHERE status IN ('pending', 'running') AND batch_id IS NOT NULL
      UNION SELECT batch_id FROM tasks WHERE ended_ms >= $2 AND batch_id IS NOT NULL
    )
    SELECT sha256 FROM unnest($1::text[]) WITH ORDINALITY AS asked (sha256, place)
      WHERE EXISTS (
        SELECT FROM task_artifacts JOIN tasks USING (sequence)
          WHERE task_artifacts.sha256 = asked.sha256
            AND (ended_ms IS NULL OR ended_ms >= $2 OR batch_id IN (SELECT batch_id FROM open)))
      ORDER BY place`,
} as const

const byId = statement<{ task_id: string }>()((slot) =>
  query.selectFrom('tasks').select(['record', 'payload']).where('task_id', '=', slot('task_id')),
)
const kept = statement<{ caller: string; path: string; key: string }>()((slot) => answerOf(query, slot))
const blocksOfLog = statement<Period>()((slot) => blocksOfLogs(query, slot))
const logCounts = perShape((shape) => statement<LogArguments>()((slot) => countOfLogs(query, slot, shape)))
const auditPages = perShape((shape) =>
  statement<AuditArguments & { before: number; limit: number }>()((slot) => pageOfAudit(query, slot, shape)),
)
const auditCounts = perShape((shape) => statement<AuditArguments>()((slot) => countOfAudit(query, slot, shape)))
const anchor = statement<NoArguments>()(() => query.selectFrom('audit_anchor').select(['sequence', 'hash']))
const figures = perShape((shape) => statement<FigureArguments>()((slot) => figuresSince(query, slot, shape)))
const journalFrom = statement<{ sequence: number; limit: number }>()((slot) =>
  query
    .selectFrom('journal')
    .select(['last_sequence', 'events'])
    .where('last_sequence', '>', slot('sequence'))
    .orderBy('last_sequence')
    .limit(slot('limit')),
)
const firstEvent = statement<NoArguments>()(() =>
  query.selectFrom('journal').select('first_sequence').orderBy('last_sequence').limit(1),
)

/** Commits of the journal that are read at a time: one may hold thousands of events. */
const COMMITS_AT_A_TIME = 50

const rangeIn = async (run: Run, period: Period): Promise<Range> =>
  rangeOf(await statements.blocksOfTasks.get(run, period))

const countRows = async (run: Run, filter: TaskFilter, range: Range): Promise<TaskCounts> =>
  countsOf(await statements.taskRows(shapeOf(filter)).all(run, filterArguments(filter, range)))

const countBlocks = async (run: Run, filter: TaskFilter): Promise<TaskCounts> => {
  const period = periodOf(filter)
  let counts = (await statements.wholeBlocks.get(run, period)) ?? none
  for (const { block } of await statements.cutBlocks.all(run, period))
    counts = sum(counts, await countRows(run, filter, rangeOf({ first: block, last: block })))
  return counts
}

const countTasks = async (run: Run, filter: TaskFilter): Promise<TaskCounts> => {
  switch (wayToCount(filter)) {
    case 'sums':
      return countsOf(await statements.keptCounts(shapeOf(filter)).all(run, filterArguments(filter, everything)))
    case 'blocks':
      return countBlocks(run, filter)
    case 'rows':
      return countRows(run, filter, isDated(filter) ? await rangeIn(run, periodOf(filter)) : everything)
  }
}

const logRange = async (run: Run, filter: LogFilter): Promise<Range> =>
  filter.since_ms === undefined && filter.until_ms === undefined
    ? everything
    : rangeOf(await blocksOfLog.get(run, periodOf(filter)))

const eventsAfter = async (run: Run, sequence: number, limit: number): Promise<StoredEvent[]> => {
  const found: StoredEvent[] = []
  for (let from = sequence; ;) {
    const commits = await journalFrom.all(run, { sequence: from, limit: COMMITS_AT_A_TIME })
    for (const commit of commits) found.push(...eventsIn(commit, sequence).slice(0, limit - found.length))
    const last = commits.at(-1)
    if (found.length === limit || last === undefined || commits.length < COMMITS_AT_A_TIME) return found
    from = last.last_sequence
  }
}

const readTaskEnds = async (run: Run, since_ms: number, device_id?: string) => {
  const parts = partsOfEnds(since_ms)
  const rows = parts.cut === undefined ? [] : await statements.endsWithin.all(run, parts.cut)
  const sums = await statements
    .endsByHour(shapeOf({ device_id }))
    .all(run, { from: parts.from, device_id: device_id ?? null })
  return endsTogether(parts, rows, sums, device_id)
}

/** The reads of the port, but for those of the whole state. */
export type Reads = Pick<
  Store,
  | 'task'
  | 'tasks'
  | 'taskCounts'
  | 'keptAnswer'
  | 'namedSince'
  | 'batch'
  | 'unrepeated'
  | 'left'
  | 'logs'
  | 'logCount'
  | 'audit'
  | 'auditCount'
  | 'auditAnchor'
  | 'eventsAfter'
  | 'firstEventSequence'
  | 'metrics'
  | 'taskEnds'
>

/** Reads by these connections; what needs several statements that must agree sees one state. */
export const readsOf = ({ run, snapshot }: Readers): Reads => ({
  task: async (task_id) => {
    const row = await byId.get(run, { task_id })
    return row && recordOf(row)
  },
  tasks: async (filter, { before = everything.to, limit }) => {
    const { from, to } = isDated(filter) ? await rangeIn(run, periodOf(filter)) : everything
    const range = { from, to: Math.min(to, before) }
    return (await statements.taskPage(shapeOf(filter)).all(run, { ...filterArguments(filter, range), limit })).map(
      listedOf,
    )
  },
  taskCounts: (filter) => (isDated(filter) ? snapshot((run) => countTasks(run, filter)) : countTasks(run, filter)),
  keptAnswer: async ({ caller, path, key }) => {
    const row = await kept.get(run, { caller, path, key })
    return row && keptAnswerOf(row)
  },
  namedSince: async (sha256, since_ms) =>
    (await run<{ sha256: string }>(statements.named, [sha256, since_ms])).rows.map((row) => row.sha256),
  batch: async (batch_id) => summaryOf(await statements.sumsOfBatch.all(run, { batch_id })),
  unrepeated: async (batch_id, after, limit) =>
    (await statements.unrepeated.all(run, { batch_id, after, limit })).map(({ task_id }) => task_id),
  left: async (batch_id, after, limit) =>
    (await statements.left.all(run, { batch_id, after, limit })).map(({ task_id, ended_ms, artifacts }) => ({
      task_id,
      completed_at: new Date(ended_ms ?? 0).toISOString(),
      artifacts: JSON.parse(artifacts ?? '[]') as TaskArtifact[],
    })),
  logs: async (filter, { before = everything.to, limit }) => {
    const { from, to } = await logRange(run, filter)
    const range = { from, to: Math.min(to, before) }
    return (await statements.logPage(shapeOfLogs(filter)).all(run, { ...logArguments(filter, range), limit })).map(
      logOf,
    )
  },
  logCount: async (filter) => {
    const range = await logRange(run, filter)
    return (await logCounts(shapeOfLogs(filter)).get(run, logArguments(filter, range)))?.lines ?? 0
  },
  audit: async (filter, { before = Number.MAX_SAFE_INTEGER, limit }) =>
    (await auditPages(shapeOf(filter)).all(run, { ...auditArguments(filter), before, limit })).map(auditOf),
  auditCount: async (filter: AuditFilter) =>
    (await auditCounts(shapeOf(filter)).get(run, auditArguments(filter)))?.lines ?? 0,
  auditAnchor: () => anchor.get(run, {}),
  eventsAfter: (sequence, limit) => eventsAfter(run, sequence, limit),
  firstEventSequence: async () => (await firstEvent.get(run, {}))?.first_sequence,
  metrics: (resolution, since_ms, device_id) =>
    figures(shapeOf({ device_id })).all(run, { resolution, since_ms, device_id: device_id ?? null }),
  taskEnds: (since_ms, device_id) => snapshot((run) => readTaskEnds(run, since_ms, device_id)),
})
