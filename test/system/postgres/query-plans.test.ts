/** With a million tasks nothing that is asked for reads a table whole, or sorts it. */
import t from 'tap'
import { logLevels } from '../../../schemas/index.ts'
import { connect } from '../../../src/store/postgres/connection.ts'
import { statements } from '../../../src/store/postgres/reads.ts'
import { changeTasks, tables } from '../../../src/store/postgres/migrations/0004-arrays.ts'
import type { Value } from '../../../src/store/postgres/run.ts'
import { NOON } from '../../store/rows.ts'
import { openPlace } from './places.ts'
import { startPostgres } from './server.ts'

const TASKS = 1_000_000
const HOUR_MS = 3_600_000

const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off', max_wal_size: '4GB' })
const url = await server.database('million')
const made = await openPlace({ url, dataDir: t.testdir() })
await made.close()

// A second for each task; the last thousand wait or run. Rows are short, as it is the plans that are looked at.
await server.query(
  url,
  `SET search_path = retire_cluster;
  ALTER TABLE tasks DISABLE TRIGGER USER;
  INSERT INTO tasks
    SELECT n, 'task-' || n,
      CASE WHEN n <= ${TASKS} - 1000 THEN (ARRAY['completed', 'completed', 'completed', 'failed', 'cancelled'])[n % 5 + 1]
        ELSE (ARRAY['pending', 'running'])[n % 2 + 1] END,
      'device-' || n % 500, 'type-' || n % 20, (ARRAY['low', 'normal', 'high', 'urgent'])[n % 4 + 1],
      'batch-' || n / 1000, CASE WHEN n % 50 = 0 THEN 'task-' || n - 1 END,
      ${NOON} + n * 1000, CASE WHEN n <= ${TASKS} - 1000 THEN ${NOON} + n * 1000 + 500 END, 500, '{}', '{}', NULL
    FROM generate_series(1, ${TASKS}) AS n;
  INSERT INTO task_spans SELECT n / 1024, min(created_ms), max(created_ms), 0, 0, count(*), 0, 0, 0
    FROM (SELECT sequence AS n, created_ms FROM tasks) AS each GROUP BY n / 1024;
  INSERT INTO task_artifacts SELECT md5((sequence % 1000)::text), sequence FROM tasks WHERE sequence % 100 = 0;
  INSERT INTO logs SELECT n, ${NOON} + n * 1000, n % 4, 'link', 'device-' || n % 500, 'task-' || n / 2, '{}'
    FROM generate_series(1, 50000) AS n;
  ANALYZE`,
)
const connection = await connect(url)
t.teardown(() => connection.end())
// As the connections for reads have it.
await connection.run('RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin')

/** How PostgreSQL would run a statement with these values, in its own words. */
const planOf = async (sql: string, values: readonly Value[]): Promise<string> => {
  const { rows } = await connection.run<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${sql}`, values)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** Values of each name, of which there are few and many. */
const valuesOf: Readonly<Record<string, string | number>> = {
  status: 'failed',
  device_id: 'device-7',
  task_type: 'type-7',
  priority: 'low',
  batch_id: 'batch-7',
  component: 'link',
  task_id: 'task-7',
  from: 0,
  to: TASKS,
  since: NOON + 300_000_000,
  until: NOON + 300_000_000 + HOUR_MS,
  limit: 50,
  after: 0,
  before: TASKS,
}
type Described = { readonly sql: string; readonly bind: (values: never) => readonly Value[] }
const planWith = ({ sql, bind }: Described, values = valuesOf) => planOf(sql, bind(values as never))

const tasksWhole = /Seq Scan on (?:tasks|logs|task_artifacts)/
const filters = ['batch_id', 'device_id', 'task_type', 'status', 'priority', 'since_ms', 'until_ms'] as const

void t.test('a page of tasks is read in its order, from where the last one stopped', async (t) => {
  const shapes = [[], ...filters.map((one) => [one]), ...filters.flatMap((one) => filters.map((other) => [one, other]))]
  for (const shape of shapes) {
    const plan = await planWith(statements.taskPage(shape))
    t.notMatch(plan, tasksWhole, `${shape.join()}: ${plan}`)
    if (shape.includes('batch_id')) t.match(plan, /tasks_by_batch/)
    else if (shape.includes('device_id')) t.match(plan, /tasks_by_device/)
    // Of a batch or of a period there are few; to sort them is no more than to find them.
    if (!shape.includes('batch_id') && !shape.includes('device_id'))
      t.notMatch(plan, /Sort/, `${shape.join()}: ${plan}`)
  }
})

void t.test('tasks that are counted by their rows are found by an index', async (t) => {
  for (const one of filters) {
    // Others are counted by their sums, or within the blocks of a period.
    const range = { ...valuesOf, from: 300_000, to: 304_096 }
    const values = one === 'batch_id' ? valuesOf : range
    t.notMatch(
      await planWith(statements.taskRows(['batch_id', one].slice(one === 'batch_id' ? 0 : 1)), values),
      tasksWhole,
    )
  }
  t.match(await planWith(statements.endsWithin, { ...valuesOf, from: NOON, to: NOON + HOUR_MS }), /tasks_by_end/)
})

void t.test('batches, what they left, and the tasks that name a file are found by indexes', async (t) => {
  for (const statement of [statements.unrepeated, statements.sumsOfBatch, statements.left])
    t.match(await planWith(statement), /tasks_by_batch/)
  const named = await planOf(statements.named, [['a'.repeat(64), 'b'.repeat(64)], NOON + TASKS * 1000] as never)
  t.notMatch(named, tasksWhole, named)
  t.match(named, /task_artifacts_pkey/)
})

void t.test('a page of the log follows an index, in order', async (t) => {
  for (const level of logLevels)
    for (const name of [[], ['component'], ['device_id'], ['task_id']]) {
      const plan = await planWith(statements.logPage([level, ...name]))
      t.notMatch(plan, tasksWhole, `${level}, ${name.join()}: ${plan}`)
    }
})

void t.test('what the writer does finds rows by their keys, whatever the planner knows', async (t) => {
  await connection.run('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off')
  // As the function has it: with arguments in the place of its variables, and one plan for all of them.
  const names = Object.keys(tables.changed).map((column) => `changed_${column}`)
  const change = names.reduce((text, name, index) => text.replace(name, `$${index + 1}`), changeTasks)
  const types = Object.values(tables.changed).map((type) => `${type}[]`)
  await connection.run('SET plan_cache_mode = force_generic_plan')
  await connection.run(`PREPARE change_tasks (${types.join()}) AS ${change}`)
  const update = await planOf(`EXECUTE change_tasks (${names.map(() => 'NULL').join()})`, [])
  await connection.run('RESET plan_cache_mode')
  t.match(update, /Index Scan using tasks_pkey/)
  t.notMatch(update, tasksWhole)
  const removal = await planOf(
    'DELETE FROM tasks WHERE sequence IN (SELECT sequence FROM tasks WHERE ended_ms < $1 ORDER BY ended_ms LIMIT $2)',
    [NOON + HOUR_MS, 2000],
  )
  t.match(removal, /Index Scan using tasks_by_end/)
  t.notMatch(removal, tasksWhole)
})
