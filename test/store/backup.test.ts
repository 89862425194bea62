import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { backUp, type BackupOptions } from '../../src/store/backup.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { changes, deviceRow, eventRow, keyRow, taskRow } from './rows.ts'
import { silent } from './silent.ts'

const beside = ['join-token', 'cluster-token']

/** An open store with two files beside it, and room for backups. */
const world = async (t: Test) => {
  const root = t.testdir({ live: {}, backups: {} })
  const dataDir = join(root, 'live')
  const file = join(root, 'backups', 'cluster.backup')
  const store = await openSqliteStore({ dataDir, log: silent })
  let isOpen = true
  const close = async () => {
    if (isOpen) await store.close()
    isOpen = false
  }
  t.teardown(close)
  writeFileSync(join(dataDir, 'join-token'), 'the-join-token\n')
  const make = (some: Partial<BackupOptions> = {}) =>
    backUp({ dataDir, file, beside, existing: 'refuse', progress: () => undefined, ...some })
  const restore = (dir: string, existing: 'refuse' | 'keep-beside' = 'refuse', from = file) =>
    openSqliteStore({ dataDir: join(root, dir), log: silent, restore: { file: from, beside, existing } })
  return { root, dataDir, file, store, close, make, restore }
}

/** All that stands in a directory, byte by byte. */
const contents = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name)).toString('base64')])
    .sort()

void t.test('a backup holds all that was acknowledged before it began, and nothing of what came later', async (t) => {
  const { store, make, restore } = await world(t)
  for (let sequence = 1; sequence <= 50; sequence += 1)
    await store.commit(changes({ tasks: [taskRow(sequence)], events: [eventRow(sequence)] }))
  await store.commit(changes({ devices: [deviceRow('phone')], keys: [keyRow('key-1')] }))
  const done = new AbortController()
  // The node writes on while the copy is made.
  const writing = (async () => {
    for (let sequence = 51; !done.signal.aborted; sequence += 1) {
      await store.commit(changes({ tasks: [taskRow(sequence)] }))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const { bytes, tasks } = await make()
  done.abort()
  await writing
  const restored = await restore('restored')
  const { unfinishedTasks, devices, keys, lastEventSequence } = await restored.load()
  t.equal(unfinishedTasks.length, tasks)
  t.ok(tasks >= 50, `${tasks} tasks`)
  t.strictSame(
    unfinishedTasks.map(({ sequence }) => sequence),
    Array.from({ length: tasks }, (_, index) => index + 1),
    'one moment of it, without a gap',
  )
  t.strictSame(devices, [deviceRow('phone')])
  t.strictSame(keys, [keyRow('key-1')])
  t.equal(lastEventSequence, 50)
  t.ok(bytes > 4096)
  await restored.close()
})

void t.test('a backup is one file, for its owner alone, with the files beside the database in it', async (t) => {
  const { root, file, make, restore } = await world(t)
  await make()
  t.strictSame(readdirSync(join(root, 'backups')), ['cluster.backup'])
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o600)
  await (await restore('restored')).close()
  const token = join(root, 'restored', 'join-token')
  t.equal(readFileSync(token, 'utf8'), 'the-join-token\n')
  if (process.platform !== 'win32') t.equal(statSync(token).mode & 0o777, 0o600)
  t.notOk(existsSync(join(root, 'restored', 'cluster-token')), 'one that was not there is not made up')
  t.strictSame(readdirSync(join(root, 'backups')), ['cluster.backup'], 'restoring leaves nothing beside it')
})

void t.test('a large backup tells how far it is', async (t) => {
  const { store, make } = await world(t)
  const text = 'x'.repeat(1_000_000)
  for (let sequence = 1; sequence <= 40; sequence += 1)
    await store.commit(changes({ tasks: [taskRow(sequence, { payload: { text } })] }))
  const shares: number[] = []
  await make({ progress: (share) => shares.push(share) })
  t.ok(shares.length >= 2, `${shares.length} reports`)
  t.strictSame(
    shares,
    shares.toSorted((one, other) => one - other),
    'it never goes back: the writes of the node do not begin it anew',
  )
})

void t.test('a file that exists is replaced only on demand, and only by a whole backup', async (t) => {
  const { root, dataDir, file, make } = await world(t)
  writeFileSync(file, 'precious')
  await t.rejects(make(), { name: 'BackupError', kind: 'file-exists', message: /exists.*--force/ })
  await t.rejects(make({ dataDir: join(root, 'backups'), existing: 'replace' }), {
    kind: 'no-cluster',
    message: /no cluster/,
  })
  t.equal(readFileSync(file, 'utf8'), 'precious')
  await t.rejects(make({ file: join(dataDir, 'cluster.db'), existing: 'replace' }), {
    kind: 'unwritable',
    message: /data directory itself/,
  })
  for (const noDirectory of [join(root, 'no such place'), file])
    await t.rejects(make({ file: join(noDirectory, 'x') }), {
      kind: 'unwritable',
      message: `there is no directory ${noDirectory}: make it, or name a file in another one`,
    })
  await make({ existing: 'replace' })
  t.not(readFileSync(file, 'latin1'), 'precious')
  t.strictSame(readdirSync(join(root, 'backups')), ['cluster.backup'])
})

void t.test('no backup is made of a damaged database, nor of another program’s', async (t) => {
  const { root, make } = await world(t)
  const foreign = join(root, 'foreign')
  mkdirSync(foreign)
  const photos = new DatabaseSync(join(foreign, 'cluster.db'))
  photos.exec('CREATE TABLE photos (name TEXT)')
  photos.close()
  await t.rejects(make({ dataDir: foreign }), { kind: 'no-cluster', message: /another program/ })
  const damaged = join(root, 'damaged')
  const store = await openSqliteStore({ dataDir: damaged, log: silent })
  await store.commit(changes({ tasks: Array.from({ length: 500 }, (_, index) => taskRow(index + 1)) }))
  await store.close()
  const path = join(damaged, 'cluster.db')
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 4096 * 30, 4096 * 60)
  writeFileSync(path, bytes)
  await t.rejects(make({ dataDir: damaged }), { name: 'BackupError', message: /damaged/ })
  t.strictSame(readdirSync(join(root, 'backups')), [])
})

void t.test('a restored cluster begins a new epoch, later than any of before', async (t) => {
  const { store, make, restore } = await world(t)
  const { epoch } = await store.load()
  await make()
  const first = await restore('other')
  const second = (await first.load()).epoch
  t.ok(second > epoch && second >= Date.now() - 60_000)
  await first.close()
  // A clock that was set back must not give an epoch twice.
  const now = Date.now
  t.teardown(() => (Date.now = now))
  Date.now = () => epoch - 1000
  const again = await restore('other', 'keep-beside')
  Date.now = now
  t.equal((await again.load()).epoch, second + 1)
  await again.close()
  const elsewhere = await restore('elsewhere')
  t.ok((await elsewhere.load()).epoch > epoch)
  await elsewhere.close()
})

void t.test('a directory that holds a cluster is left alone, or kept beside as it was', async (t) => {
  const { root, dataDir, file, store, close, make, restore } = await world(t)
  await make()
  await store.commit(changes({ tasks: [taskRow(7)] }))
  await close()
  const before = contents(dataDir)
  await t.rejects(restore('live'), { name: 'BackupError', kind: 'directory-in-use', message: /already.*--force/ })
  t.strictSame(contents(dataDir), before, 'nothing in it was changed')
  const restored = await restore('live', 'keep-beside')
  t.strictSame((await restored.load()).unfinishedTasks, [])
  await restored.close()
  const [kept = ''] = readdirSync(dataDir).filter((name) => name.startsWith('replaced-'))
  t.match(readdirSync(join(dataDir, kept)).sort(), ['cluster.db', 'join-token'])
  const old = await openSqliteStore({ dataDir: join(dataDir, kept), log: silent })
  t.strictSame((await old.load()).unfinishedTasks, [taskRow(7)], 'a node can be started from it')
  await old.close()
  t.ok(existsSync(file), 'the backup stays')
  t.equal(readFileSync(join(root, 'live', 'join-token'), 'utf8'), 'the-join-token\n')
})

void t.test('a damaged database makes way for a backup, and is kept as it was', async (t) => {
  const { dataDir, store, close, make, restore } = await world(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await make()
  await close()
  writeFileSync(join(dataDir, 'cluster.db'), 'no database '.repeat(1000))
  const restored = await restore('live', 'keep-beside')
  t.strictSame((await restored.load()).unfinishedTasks, [taskRow(1)])
  await restored.close()
  const [kept = ''] = readdirSync(dataDir).filter((name) => name.startsWith('replaced-'))
  t.match(readFileSync(join(dataDir, kept, 'cluster.db'), 'utf8'), /^no database/)
})

void t.test('a write-ahead log that was left behind is not replayed into a backup', async (t) => {
  const { root, dataDir, store, close, make, restore } = await world(t)
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await make()
  await store.commit(changes({ tasks: [taskRow(2)] }))
  const log = readFileSync(join(dataDir, 'cluster.db-wal'))
  await close()
  // The owner moved the database away, as after a kill, and forgot what stands beside it.
  const other = join(root, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'cluster.db-wal'), log)
  await t.rejects(openSqliteStore({ dataDir: other, log: silent }), { kind: 'corrupt', message: /write-ahead log/ })
  t.ok(readFileSync(join(other, 'cluster.db-wal')).equals(log), 'it was left alone')
  const restored = await restore('other')
  t.strictSame((await restored.load()).unfinishedTasks, [taskRow(1)])
  await restored.close()
})

void t.test('what is no backup is not restored, and the directory stays as it is', async (t) => {
  const { root, dataDir, file, make, restore } = await world(t)
  await make()
  const place = (name: string) => join(root, 'backups', name)
  const database = (name: string, sql: string) => {
    const db = new DatabaseSync(place(name))
    db.exec(sql)
    db.close()
    return place(name)
  }
  writeFileSync(place('text'), 'not a database '.repeat(1000))
  const damaged = readFileSync(file).fill(0xa5, 4096 * 3, 4096 * 20)
  writeFileSync(place('damaged'), damaged)
  writeFileSync(place('newer'), readFileSync(file))
  database('newer', `PRAGMA user_version = ${migrations.length + 1}`)
  const refusals: readonly (readonly [file: string, message: RegExp])[] = [
    [place('missing'), /no such file/],
    [place('text'), /is damaged/],
    [place('damaged'), /is damaged/],
    [place('newer'), /newer version/],
    [database('foreign', 'CREATE TABLE photos (name TEXT)'), /another program/],
    [join(dataDir, 'cluster.db'), /runs or was killed/],
  ]
  for (const [from, message] of refusals) {
    await t.rejects(restore('other', 'keep-beside', from), { name: 'BackupError', kind: 'no-backup', message }, from)
    t.strictSame(
      readdirSync(join(root, 'other')).filter((name) => !name.startsWith('lock')),
      [],
    )
  }
})

void t.test(
  'a backup that was put in the place of a database by hand is refused: its ids were given before',
  async (t) => {
    const { root, file, make } = await world(t)
    await make()
    const other = join(root, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'cluster.db'), readFileSync(file))
    await t.rejects(openSqliteStore({ dataDir: other, log: silent }), { message: /is a backup.*--restore FILE/ })
  },
)

void t.test('after a restoring that broke off no empty cluster is begun', async (t) => {
  const { root, make, restore } = await world(t)
  await make()
  const other = join(root, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'cluster.db.restoring'), 'half of it')
  await t.rejects(openSqliteStore({ dataDir: other, log: silent }), { message: /broken off.*--restore FILE/ })
  await (await restore('other')).close()
  t.notOk(existsSync(join(other, 'cluster.db.restoring')))
})
