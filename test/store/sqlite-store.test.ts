import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openDatabase } from '../../src/store/database.ts'
import { asStoreError } from '../../src/store/sqlite-error.ts'
import { openSqliteStore, sqliteStore } from '../../src/store/sqlite-store.ts'
import { transactions } from '../../src/store/transaction.ts'
import {
  answerRow,
  changes,
  completed,
  deviceRow,
  eventRow,
  keyRow,
  logRow,
  metricsRow,
  NOON,
  taskRow,
} from './rows.ts'
import { endlessRoom } from './rooms.ts'
import { silent } from './silent.ts'

const open = (t: Test) => {
  const db = openDatabase(join(t.testdir(), 'cluster.db'), silent)
  t.teardown(() => db.isOpen && db.close())
  return { db, store: sqliteStore(db, endlessRoom, () => undefined) }
}

/** Every row of every table. */
const contents = (db: DatabaseSync) =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => [name, db.prepare(`SELECT * FROM ${String(name)}`).all()])

const oneOfEach = (sequence: number) =>
  changes({
    tasks: [taskRow(sequence)],
    devices: [deviceRow(`device-${sequence}`)],
    counters: [{ device_id: `device-${sequence}`, completed: sequence, failed: 0 }],
    events: [eventRow(sequence)],
    logs: [logRow(sequence)],
    keys: [keyRow(`key-${sequence}`)],
    metrics: [{ resolution: 'minute', row: metricsRow('phone', NOON + sequence) }],
    answers: [answerRow(`key-${sequence}`)],
    config: { cluster: { heartbeat_interval: sequence } },
  })

void t.test('a commit in which one statement fails writes nothing', async (t) => {
  const { db, store } = open(t)
  await store.commit(oneOfEach(1))
  const before = contents(db)
  // A defect, made on purpose: the journal has this sequence already, and it is what is written last.
  await t.rejects(store.commit({ ...oneOfEach(2), events: [eventRow(1)] }), { code: 'ERR_SQLITE_ERROR' })
  t.strictSame(contents(db), before)
  t.notOk(db.isTransaction)
  await store.commit(oneOfEach(2))
  t.not(contents(db), before, 'the store goes on')
})

void t.test('an id is not given to two tasks', async (t) => {
  const { store } = open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await t.rejects(store.commit(changes({ tasks: [taskRow(2), taskRow(3, { task_id: 'task-1' })] })))
  t.equal(await store.task('task-2'), undefined)
  t.equal((await store.load()).lastTaskSequence, 1)
})

void t.test('a task that an older version took in has the fields that came later', async (t) => {
  const { db, store } = open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  const later = ['queue_if_unavailable', 'progress', 'progress_message'].map((field) => `'$.task.${field}'`)
  db.exec(`UPDATE tasks SET record = json_remove(record, ${later.join()})`)
  t.strictSame(await store.task('task-1'), taskRow(1))
})

void t.test('the fields of a task keep their order, in which they are answered', async (t) => {
  const { store } = open(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  const fields = Object.keys(taskRow(1).task).filter((field) => field !== 'payload')
  t.strictSame(Object.keys((await store.task('task-1'))?.task ?? {}), [...fields, 'payload'])
})

void t.test(
  'a full disk refuses a commit whole, serves reads, and takes commits again once there is room',
  async (t) => {
    const { db, store } = open(t)
    await store.commit(oneOfEach(1))
    const before = contents(db)
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count)
    db.exec(`PRAGMA max_page_count = ${pages + 2}`)
    const large = { ...oneOfEach(2), tasks: [taskRow(2, { payload: { text: 'x'.repeat(100_000) } })] }
    await t.rejects(store.commit(large), { name: 'StoreError', kind: 'full' })
    t.strictSame(contents(db), before)
    t.strictSame(await store.task('task-1'), taskRow(1))
    db.exec('PRAGMA max_page_count = 1073741823')
    await store.commit(large)
    t.strictSame(await store.task('task-2'), large.tasks[0])
  },
)

void t.test('a broken store stays broken', async (t) => {
  const { db, store } = open(t)
  await store.commit(oneOfEach(1))
  db.exec('PRAGMA query_only = 1')
  await t.rejects(store.commit(oneOfEach(2)), { name: 'StoreError', kind: 'broken' })
  db.exec('PRAGMA query_only = 0')
  await t.rejects(store.commit(oneOfEach(2)), { name: 'StoreError', kind: 'broken' }, 'though SQLite would write again')
  await t.rejects(store.probe(), { name: 'StoreError', kind: 'broken' })
  t.strictSame(await store.task('task-1'), taskRow(1))
})

void t.test('a log that cannot be copied into the database breaks the store, before the next commit is begun', (t) => {
  const db = openDatabase(join(t.testdir(), 'cluster.db'), silent)
  t.teardown(() => db.close())
  let fault: Error | undefined = Object.assign(new Error('disk I/O error'), { errcode: 10 })
  const transact = transactions(db, () => {
    if (fault !== undefined) throw fault
  })
  let isWritten = false
  const write = () => {
    isWritten = true
  }
  t.throws(() => transact(write), { name: 'StoreError', kind: 'broken' })
  fault = undefined
  t.throws(() => transact(write), { name: 'StoreError', kind: 'broken' }, 'and stays so')
  t.notOk(isWritten)
  t.end()
})

void t.test('an error of the disk breaks the store, a full disk does not', (t) => {
  const sqlite = (errcode: number) => Object.assign(new Error('from SQLite'), { errcode })
  const ioErrorFsync = 1034
  t.match(asStoreError(sqlite(ioErrorFsync)), { name: 'StoreError', kind: 'broken' })
  t.match(asStoreError(sqlite(11)), { name: 'StoreError', kind: 'broken' })
  t.match(asStoreError(sqlite(13)), { name: 'StoreError', kind: 'full' })
  const constraint = sqlite(19)
  t.equal(asStoreError(constraint), constraint)
  const defect = new TypeError('ours')
  t.equal(asStoreError(defect), defect)
  t.end()
})

void t.test('the last sequences survive the rows that had them', async (t) => {
  const { db, store } = open(t)
  await store.commit(oneOfEach(41))
  await store.commit(changes({ events: [eventRow(42)], logs: [logRow(43)] }))
  db.exec('DELETE FROM tasks; DELETE FROM journal; DELETE FROM logs')
  const { lastTaskSequence, lastEventSequence } = await store.load()
  t.equal(lastTaskSequence, 41)
  t.equal(lastEventSequence, 43)
})

void t.test('an update of a task does not write its payload again', async (t) => {
  const { db, store } = open(t)
  const task = taskRow(1, { payload: { text: 'x'.repeat(2 * 1024 * 1024) } })
  await store.commit(changes({ tasks: [task] }))
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  await store.commit(changes({ tasks: [completed(task, 'phone', NOON, 1)] }))
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
  t.ok(Number(checkpoint?.log) < 30, `2 MiB are 512 pages, ${String(checkpoint?.log)} were written`)
})

void t.test('sums and block ranges that triggers keep are those of the rows, also when rows go', async (t) => {
  const { db, store } = open(t)
  const rows = Array.from({ length: 40 }, (_, index) => taskRow((index + 1) * 200))
  await store.commit(changes({ tasks: rows, logs: rows.map(({ sequence }) => logRow(sequence)) }))
  await store.commit(
    changes({ tasks: rows.slice(0, 30).map((row) => completed(row, 'phone', NOON + row.sequence, 2)) }),
  )
  db.exec('DELETE FROM tasks WHERE sequence % 600 = 0 OR sequence < 1024; DELETE FROM logs WHERE sequence < 2048')
  const same = (kept: string, counted: string) => t.strictSame(db.prepare(kept).all(), db.prepare(counted).all())
  same(
    'SELECT status, device_id, tasks FROM task_counts ORDER BY 1, 2',
    "SELECT status, coalesce(device_id, '') AS device_id, count(*) AS tasks FROM tasks GROUP BY 1, 2 ORDER BY 1, 2",
  )
  same(
    'SELECT block, pending, completed FROM task_spans ORDER BY 1',
    "SELECT sequence / 1024 AS block, sum(status = 'pending') AS pending, sum(status = 'completed') AS completed FROM tasks GROUP BY 1 ORDER BY 1",
  )
  same(
    'SELECT hour_ms, tasks, execution_ms FROM task_ends ORDER BY 1',
    'SELECT ended_ms / 3600000 * 3600000 AS hour_ms, count(*) AS tasks, sum(execution_ms) AS execution_ms FROM tasks WHERE ended_ms IS NOT NULL GROUP BY 1 ORDER BY 1',
  )
  same('SELECT block FROM log_spans ORDER BY 1', 'SELECT DISTINCT sequence / 1024 AS block FROM logs ORDER BY 1')
  db.exec('DELETE FROM tasks; DELETE FROM logs')
  for (const table of ['task_counts', 'task_spans', 'task_ends', 'task_payloads', 'log_spans'])
    t.same(db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), { n: 0 }, `${table} is empty`)
})

void t.test('a commit of many events is one row', async (t) => {
  const { db, store } = open(t)
  await store.commit(changes({ events: Array.from({ length: 50 }, (_, index) => eventRow(index + 1)) }))
  t.same(db.prepare('SELECT count(*) AS n FROM journal').get(), { n: 1 })
})

void t.test('a store is for one process, and free again when it is closed', async (t) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  await t.rejects(openSqliteStore({ dataDir, log: silent }), { name: 'DataDirectoryError', kind: 'taken' })
  await store.close()
  await (await openSqliteStore({ dataDir, log: silent })).close()
})
