import { createHash } from 'node:crypto'
import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openDatabase, proveFullSync } from '../../src/store/database.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { inspect } from '../../src/store/inspection.ts'
import { openSqliteStore, sqliteStore } from '../../src/store/sqlite-store.ts'
import { changes, taskRow } from './rows.ts'
import { endlessRoom } from './rooms.ts'
import { silent } from './silent.ts'

/** Every file of a directory with a digest of it; the lock is there from the first start on. */
const digests = (directory: string) =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('lock'))
    .sort()
    .map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ])

/** A closed store with some tasks. */
const filledStore = async (t: Test) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  await store.commit(changes({ tasks: Array.from({ length: 500 }, (_, index) => taskRow(index + 1)) }))
  await store.close()
  return { dataDir, path: join(dataDir, 'cluster.db') }
}

const refusedUntouched = async (t: Test, place: { dataDir: string; path: string }, error: object) => {
  const before = digests(place.dataDir)
  await t.rejects(openSqliteStore({ dataDir: place.dataDir, log: silent }), { name: 'DataDirectoryError', ...error })
  t.strictSame(digests(place.dataDir), before, 'not a byte in the directory was changed')
  await t.rejects(
    openSqliteStore({ dataDir: place.dataDir, log: silent }),
    { name: 'DataDirectoryError', ...error },
    'and the directory was not kept locked',
  )
}

void t.test('every commit waits for the disk', (t) => {
  const db = openDatabase(join(t.testdir(), 'cluster.db'), silent)
  t.teardown(() => db.close())
  t.same(db.prepare('PRAGMA synchronous').get(), { synchronous: 2 })
  t.same(db.prepare('PRAGMA journal_mode').get(), { journal_mode: 'wal' })
  t.doesNotThrow(() => proveFullSync(db))
  db.exec('PRAGMA synchronous = NORMAL')
  t.throws(() => proveFullSync(db), { kind: 'no-full-sync', message: /does not wait for the disk.*official build/ })
  t.end()
})

void t.test('a store in a journal that is not the write-ahead log is refused', (t) => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  t.throws(() => proveFullSync(db), { name: 'DataDirectoryError', kind: 'no-full-sync' })
  t.end()
})

void t.test('a schema of a newer version is refused, and left alone', async (t) => {
  const place = await filledStore(t)
  const db = new DatabaseSync(place.path)
  db.exec(`PRAGMA user_version = ${migrations.length + 1}`)
  db.close()
  await refusedUntouched(t, place, {
    kind: 'newer',
    message: `written by a newer version (schema ${migrations.length + 1}; this one knows ${migrations.length})`,
  })
})

void t.test('a database of another program is refused, and left alone', async (t) => {
  const dataDir = t.testdir()
  const path = join(dataDir, 'cluster.db')
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE photos (name TEXT)')
  db.close()
  await refusedUntouched(t, { dataDir, path }, { kind: 'unreadable', message: /another program/ })
})

void t.test('a file that is no database is refused, and left alone', async (t) => {
  const dataDir = t.testdir({ 'cluster.db': 'this was a database once\n'.repeat(400) })
  await refusedUntouched(
    t,
    { dataDir, path: join(dataDir, 'cluster.db') },
    { kind: 'corrupt', message: /is damaged.*backup/ },
  )
})

void t.test('a damaged page is noticed at start, and the file left alone', async (t) => {
  const place = await filledStore(t)
  const file = openSync(place.path, 'r+')
  const pages = statSync(place.path).size / 4096
  for (let page = 30; page < Math.min(pages, 60); page += 1)
    writeSync(file, Buffer.alloc(2048, 0xa5), 0, 2048, page * 4096)
  closeSync(file)
  await refusedUntouched(t, place, { name: 'DataDirectoryError', kind: 'corrupt' })
})

void t.test('a database that lost its end is noticed at start, and left alone', async (t) => {
  const place = await filledStore(t)
  truncateSync(place.path, 4096 * 20)
  await refusedUntouched(t, place, { name: 'DataDirectoryError', kind: 'corrupt' })
})

void t.test('what the write-ahead log still holds is not written into a damaged database', async (t) => {
  const place = await filledStore(t)
  const db = new DatabaseSync(place.path)
  db.exec('PRAGMA wal_autocheckpoint = 0; UPDATE tasks SET priority = priority')
  // As after a kill: the log is there, and no checkpoint was made.
  const wal = readFileSync(`${place.path}-wal`)
  db.close()
  writeFileSync(place.path, 'not a database any more '.repeat(2000))
  writeFileSync(`${place.path}-wal`, wal)
  await refusedUntouched(t, place, { name: 'DataDirectoryError', kind: 'corrupt' })
  t.ok(readFileSync(`${place.path}-wal`).equals(wal), 'nor is the log')
})

void t.test('what was committed is there after a kill, with the write-ahead log as it was left', async (t) => {
  const directory = t.testdir({ live: {}, killed: {} })
  const [dataDir, killed] = [join(directory, 'live'), join(directory, 'killed')]
  const store = await openSqliteStore({ dataDir, log: silent })
  await store.commit(changes({ tasks: [taskRow(1)] }))
  for (const name of ['cluster.db', 'cluster.db-wal'])
    writeFileSync(join(killed, name), readFileSync(join(dataDir, name)))
  const again = await openSqliteStore({ dataDir: killed, log: silent })
  t.strictSame(await again.task('task-1'), taskRow(1))
  await again.close()
  await store.close()
})

void t.test('a directory where the database should be is refused', async (t) => {
  const dataDir = t.testdir({ 'cluster.db': { file: '' } })
  await t.rejects(openSqliteStore({ dataDir, log: silent }), { kind: 'unreadable', message: /cannot be opened/ })
})

void t.test('a second start keeps the epoch, and a migration runs once', (t) => {
  const path = join(t.testdir(), 'cluster.db')
  const lines: string[] = []
  const log = { ...silent, info: (_: object, message: string) => void lines.push(message) }
  const epochOf = (db: DatabaseSync) => db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.value
  const earliest = Date.now()
  const first = openDatabase(path, log)
  const epoch = epochOf(first)
  t.ok(typeof epoch === 'number' && epoch >= earliest && epoch <= Date.now(), 'it is the time of its making')
  first.close()
  const second = openDatabase(path, log)
  t.equal(epochOf(second), epoch)
  second.close()
  t.strictSame(lines, ['store schema migrated'])
  t.end()
})

void t.test('the files are for their owner alone', { skip: process.platform === 'win32' && 'no modes' }, async (t) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  const files = readdirSync(dataDir).filter((name) => name.startsWith('cluster.db'))
  t.ok(files.includes('cluster.db') && files.includes('cluster.db-wal'))
  for (const name of files) t.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name)
  await store.close()
})

void t.test(
  'damage of a large database is noticed at start where no node could run, elsewhere when it is met',
  async (t) => {
    const place = await filledStore(t)
    const path = join(place.dataDir, 'large.db')
    writeFileSync(path, readFileSync(place.path))
    const db = new DatabaseSync(path)
    db.exec("INSERT INTO keys VALUES ('key-1', '{}')")
    const rootOf = (name: string) =>
      Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.rootpage)
    const [keys, tasks] = [rootOf('keys'), rootOf('tasks')]
    db.close()
    const damagedAt = (page: number) => {
      const copy = `${path}.${page}`
      const bytes = readFileSync(path)
      bytes.fill(0xa5, 4096 * (page - 1), 4096 * page)
      writeFileSync(copy, bytes)
      return copy
    }
    t.match(inspect(damagedAt(keys), 0), { fault: { kind: 'damaged' } })
    t.match(inspect(damagedAt(tasks), 0), { fault: null })
    t.match(inspect(damagedAt(tasks), Infinity), { fault: { kind: 'damaged' } })
    const store = sqliteStore(new DatabaseSync(damagedAt(tasks)), endlessRoom, () => undefined)
    await t.rejects(store.load(), { name: 'StoreError', kind: 'broken', message: /damaged.*restore a backup/ })
    await store.close()
  },
)

void t.test('a database that a kill left in the middle of being made is made anew', async (t) => {
  const dataDir = t.testdir({ 'cluster.db': '' })
  const store = await openSqliteStore({ dataDir, log: silent })
  t.strictSame((await store.load()).unfinishedTasks, [])
  await store.close()
})

void t.test('a database that was emptied is refused, and left alone', async (t) => {
  const place = await filledStore(t)
  truncateSync(place.path, 0)
  await refusedUntouched(t, place, { kind: 'corrupt', message: /is damaged \(it is empty\)/ })
})
