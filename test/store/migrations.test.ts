import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import { components } from '../../schemas/index.ts'
import { noFiles } from '../../src/cluster/files/no-files.ts'
import { createNode } from '../../src/cluster/node.ts'
import { payloadProblems } from '../../src/link/payloads.ts'
import { APPLICATION_ID } from '../../src/store/migrate.ts'
import * as first from '../../src/store/migrations/0001-first.ts'
import * as repeats from '../../src/store/migrations/0004-repeats.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { taskRow } from './rows.ts'
import { schemas } from './schemas/index.ts'
import { insertRows } from './schemas/rows.ts'
import { silent } from './silent.ts'

/** A database of an earlier schema, with what the schemas up to there brought. */
const databaseOf = (directory: string, version: number): string => {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'cluster.db')
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL')
  for (const [index, migration] of migrations.slice(0, version).entries()) {
    migration.up(db)
    insertRows(db, schemas[index]?.rows ?? {})
  }
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`)
  db.exec("UPDATE meta SET value = 4 WHERE name LIKE 'last_%_sequence'")
  db.close()
  return path
}

const copiesIn = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('cluster.db.v'))

/** What is wrong with a value, by the schema component of this name. */
const faultsBy = () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  for (const schema of components().values()) ajv.addSchema(schema)
  return (name: string, value: unknown) => (ajv.validate(name, value) ? [] : (ajv.errors ?? []))
}

void t.test('every earlier schema has a fixture: test/store/schemas', (t) => {
  t.ok(schemas.length >= migrations.length - 1, `${schemas.length} of ${migrations.length - 1}`)
  t.end()
})

for (const [index] of migrations.entries()) {
  const version = index + 1
  const isCurrent = version === migrations.length
  const what = isCurrent ? 'is opened as it is' : 'is migrated, with all that it held, and a copy is kept'
  void t.test(`a database of schema ${version} ${what}`, async (t) => {
    const dataDir = t.testdir()
    databaseOf(dataDir, version)
    const store = await openSqliteStore({ dataDir, log: silent })
    for (const { check } of schemas.slice(0, version)) await check(t, store)

    const copies = copiesIn(dataDir)
    t.equal(copies.length, isCurrent ? 0 : 1)
    for (const copy of copies) {
      t.match(copy, new RegExp(`^cluster\\.db\\.v${version}-2\\d{3}-.*Z$`))
      if (process.platform !== 'win32') t.equal(statSync(join(dataDir, copy)).mode & 0o777, 0o600)
      const db = new DatabaseSync(join(dataDir, copy), { readOnly: true })
      t.match(db.prepare('PRAGMA user_version').get(), { user_version: version })
      t.match(db.prepare('PRAGMA application_id').get(), { application_id: APPLICATION_ID })
      t.match(db.prepare('PRAGMA integrity_check').get(), { integrity_check: 'ok' })
      t.match(db.prepare('SELECT count(*) AS tasks FROM tasks').get(), { tasks: 4 })
      db.close()
    }

    const node = await createNode({
      store,
      files: noFiles,
      clock: fakeClock(),
      log: silent,
      version: '0.0.0',
      joining: { nodeToken: 'join-token', localToken: null, requireApproval: false },
      invite: () => Promise.reject(new Error('nobody joins')),
      payloadProblems,
      config: { pinned: {}, file: {} },
      onBroken: (error) => t.fail(error.message),
    })
    const faults = faultsBy()
    for (const number of [1, 2, 3, 4])
      t.strictSame(faults('TaskDetail', await node.cluster.tasks.get({ task_id: `task-${number}`, wait: 0 })), [])
    t.strictSame(faults('DeviceDetail', await node.cluster.devices.get({ device_id: 'phone' })), [])
    t.strictSame(faults('LogList', await node.cluster.logs.list({})), [])
    await node.stop()
    await store.close()
  })
}

const earlier = migrations.length - 1

void t.test('of the copies the newest two are kept', async (t) => {
  const dataDir = t.testdir()
  const old = ['cluster.db.v1-2020-01-01T00-00-00.000Z', 'cluster.db.v1-2021-01-01T00-00-00.000Z']
  for (const name of [...old, 'cluster.db.v1-2019-01-01T00-00-00.000Z.tmp']) writeFileSync(join(dataDir, name), 'old')
  databaseOf(dataDir, earlier)
  const store = await openSqliteStore({ dataDir, log: silent })
  await store.close()
  const copies = copiesIn(dataDir)
  t.equal(copies.length, 2)
  t.ok(copies.includes(old[1] ?? ''))
  t.ok(copies.some((name) => name.startsWith(`cluster.db.v${earlier}-20`)))
})

void t.test('what a kill left in the write-ahead log is in the copy too', async (t) => {
  const root = t.testdir()
  const path = databaseOf(join(root, 'live'), earlier)
  const db = new DatabaseSync(path)
  db.exec("PRAGMA wal_autocheckpoint = 0; UPDATE devices SET id = 'tablet'")
  mkdirSync(join(root, 'killed'))
  for (const name of ['cluster.db', 'cluster.db-wal'])
    writeFileSync(join(root, 'killed', name), readFileSync(join(root, 'live', name)))
  db.close()
  const store = await openSqliteStore({ dataDir: join(root, 'killed'), log: silent })
  await store.close()
  const [copy = ''] = copiesIn(join(root, 'killed'))
  const kept = new DatabaseSync(join(root, 'killed', copy), { readOnly: true })
  t.match(kept.prepare('SELECT id FROM devices').all(), [{ id: 'tablet' }])
  kept.close()
})

void t.test('a version that can be gone back to: the copy is a database of the schema before', async (t) => {
  const root = t.testdir()
  databaseOf(join(root, 'new'), earlier)
  const store = await openSqliteStore({ dataDir: join(root, 'new'), log: silent })
  await store.close()
  const [copy = ''] = copiesIn(join(root, 'new'))
  const restore = { file: join(root, 'new', copy), beside: [], existing: 'refuse' } as const
  const again = await openSqliteStore({ dataDir: join(root, 'again'), log: silent, restore })
  t.equal((await again.load()).devices.length, 1)
  await again.close()
})

void t.test('without a place for the copy the schema is not changed', async (t) => {
  const dataDir = t.testdir()
  const path = databaseOf(dataDir, earlier)
  const now = Date.now
  t.teardown(() => (Date.now = now))
  Date.now = () => Date.UTC(2026, 10, 24)
  // A directory of that name refuses the file as a full disk or a foreign owner would.
  mkdirSync(join(dataDir, `cluster.db.v${earlier}-2026-11-24T00-00-00.000Z`, 'occupied'), { recursive: true })
  const before = readFileSync(path)
  await t.rejects(openSqliteStore({ dataDir, log: silent }), {
    name: 'DataDirectoryError',
    kind: 'unreadable',
    message: /older version.*cannot be written/,
  })
  t.ok(readFileSync(path).equals(before))
  t.strictSame(
    readdirSync(dataDir).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

void t.test('which task repeats which is known of those that came in before that was asked', (t) => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  first.up(db)
  const insert = db.prepare(
    `INSERT INTO tasks (sequence, task_id, status, task_type, priority, created_ms, record)
      VALUES (?, ?, 'pending', 'echo', 'normal', 0, ?)`,
  )
  for (const [index, original_task_id] of [null, null, 'task-1'].entries()) {
    const sequence = index + 1
    insert.run(sequence, `task-${sequence}`, JSON.stringify(taskRow(sequence, { original_task_id })))
  }
  repeats.up(db)
  t.same(db.prepare('SELECT task_id, original_task_id FROM tasks WHERE original_task_id IS NOT NULL').all(), [
    { task_id: 'task-3', original_task_id: 'task-1' },
  ])
  t.end()
})
