import { join } from 'node:path'
import t from 'tap'
import { completedTasks, unrepeatedTasks } from '../../src/store/batches.ts'
import { openDatabase } from '../../src/store/database.ts'
import { logPage } from '../../src/store/logs.ts'
import { rowCount } from '../../src/store/task-counts.ts'
import { naming } from '../../src/store/task-artifacts.ts'
import { taskPage } from '../../src/store/task-listing.ts'
import { logLevels } from '../../schemas/index.ts'
import { silent } from './silent.ts'

const db = openDatabase(join(t.testdir(), 'cluster.db'), silent)
t.teardown(() => db.close())

/** How SQLite would run a statement, in its own words. */
const planOf = (sql: string): string =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array.from(sql.matchAll(/\?/g), () => 1))
    .map(({ detail }) => String(detail))
    .join('; ')

/** The index that each filter is followed by; of several, the first in this order. */
const taskIndexes = {
  batch_id: 'tasks_by_batch (batch_id=? AND rowid>? AND rowid<?)',
  device_id: 'tasks_by_device (device_id=? AND rowid>? AND rowid<?)',
  task_type: 'tasks_by_type (task_type=? AND rowid>? AND rowid<?)',
  status: 'tasks_by_status (status=? AND rowid>? AND rowid<?)',
  priority: 'tasks_by_priority (priority=? AND rowid>? AND rowid<?)',
  since_ms: 'INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
  until_ms: 'INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
} as const

const ordered = Object.keys(taskIndexes) as (keyof typeof taskIndexes)[]

void t.test(
  'a page of tasks follows the index of its narrowest filter, in order, from where the last one stopped',
  (t) => {
    for (const [index, one] of ordered.entries())
      for (const other of ordered.slice(index)) {
        const plan = planOf(taskPage(db, new Set([one, other])).sql)
        t.ok(plan.includes(taskIndexes[one]), `${one}, ${other}: ${plan}`)
        t.notMatch(plan, /SCAN|TEMP B-TREE/)
      }
    const plan = planOf(taskPage(db, new Set()).sql)
    t.ok(plan.includes('INTEGER PRIMARY KEY (rowid>? AND rowid<?)'), plan)
    t.notMatch(plan, /SCAN|TEMP B-TREE/)
    t.end()
  },
)

void t.test('tasks that are counted by their rows are found by an index', (t) => {
  for (const [index, one] of ordered.entries())
    for (const other of ordered.slice(index)) {
      const plan = planOf(rowCount(db, new Set([one, other])).sql)
      t.ok(plan.includes(taskIndexes[one]), `${one}, ${other}: ${plan}`)
      t.notMatch(plan, /SCAN/)
    }
  t.end()
})

void t.test('the failures of a batch that nobody repeated are found by two indexes, in order', (t) => {
  const plan = planOf(unrepeatedTasks(db).sql)
  t.ok(plan.includes('tasks_by_batch (batch_id=? AND rowid>?)'), plan)
  t.ok(plan.includes('tasks_by_original (original_task_id=?)'), plan)
  t.notMatch(plan, /SCAN|TEMP B-TREE/)
  t.end()
})

void t.test('the tasks that name a file are found by it, and each is looked at by its place', (t) => {
  const plan = planOf(naming(db).sql)
  t.ok(plan.includes('SEARCH task_artifacts USING PRIMARY KEY (sha256=?)'), plan)
  t.ok(plan.includes('SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)'), plan)
  t.end()
})

void t.test('what a batch left is found by an index, in order', (t) => {
  const plan = planOf(completedTasks(db).sql)
  t.ok(plan.includes('tasks_by_batch (batch_id=? AND rowid>?)'), plan)
  t.notMatch(plan, /SCAN|TEMP B-TREE/)
  t.end()
})

void t.test('a page of the log follows an index, in order', (t) => {
  const logIndexes = { task_id: 'logs_by_task', device_id: 'logs_by_device', component: 'logs_by_component' }
  for (const level of logLevels) {
    const plain = planOf(logPage(db, new Set([level])).sql)
    t.ok(plain.includes(level === 'debug' ? 'INTEGER PRIMARY KEY' : `logs_${level} `), plain)
    t.notMatch(plain, /SCAN|TEMP B-TREE/)
    for (const [name, index] of Object.entries(logIndexes)) {
      const plan = planOf(logPage(db, new Set([level, name, 'since_ms'])).sql)
      t.ok(plan.includes(index), `${level}, ${name}: ${plan}`)
      t.notMatch(plan, /SCAN|TEMP B-TREE/)
    }
  }
  t.end()
})
