import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LOG_BYTES } from '../../src/store/checkpoints.ts'
import { openDatabase } from '../../src/store/database.ts'
import { openRoom, type Room } from '../../src/store/room.ts'
import { openSqliteStore, sqliteStore } from '../../src/store/sqlite-store.ts'
import { changes, taskRow } from './rows.ts'
import { endlessRoom } from './rooms.ts'
import { silent } from './silent.ts'

const MIB = 2 ** 20
const small = { reserve: MIB, spare: 0 }

void t.test('the reserve takes its place on the disk, for its owner alone', async (t) => {
  const directory = t.testdir()
  const room = openRoom(directory, small)
  t.notOk(room.has(), 'nothing is taken before it is asked for')
  t.ok(await room.regain())
  t.ok(room.has())
  const { size, blocks, mode } = statSync(join(directory, 'reserve'))
  t.equal(size, MIB)
  if (process.platform !== 'win32') {
    t.ok(blocks * 512 >= MIB, 'not sparse')
    t.equal(mode & 0o777, 0o600)
  }
  t.ok(openRoom(directory, small).has(), 'it is there at the next start')
})

void t.test('a reserve that is not whole is taken anew', async (t) => {
  const directory = t.testdir({ reserve: 'half of it' })
  const path = join(directory, 'reserve')
  t.ok(await openRoom(directory, small).regain())
  t.equal(statSync(path).size, MIB)
  truncateSync(path, 0)
  truncateSync(path, MIB)
  const room = openRoom(directory, small)
  t.equal(room.has(), process.platform === 'win32', 'a sparse file would give nothing back')
  t.ok(await room.regain())
})

void t.test('a write that meets a full disk gets the reserve, once', async (t) => {
  const directory = t.testdir()
  const room = openRoom(directory, small)
  await room.regain()
  t.notOk(room.ranOut(MIB / 2), 'no single write may use it up')
  t.ok(existsSync(join(directory, 'reserve')))
  t.notOk(room.has(), 'but new work is refused from then on')
  t.ok(await room.regain())
  t.ok(room.ranOut(100))
  t.notOk(existsSync(join(directory, 'reserve')))
  t.notOk(room.ranOut(100), 'there is no more of it')
  t.notOk(room.has())
  t.ok(await room.regain(), 'there is room again')
  t.ok(existsSync(join(directory, 'reserve')))
})

void t.test('the reserve is taken again only where there is room to spare', async (t) => {
  const directory = t.testdir()
  const room = openRoom(directory, { reserve: MIB, spare: Number.MAX_SAFE_INTEGER })
  t.notOk(await room.regain())
  t.notOk(existsSync(join(directory, 'reserve')))
})

/** A store whose disk is full, until its reserve is let go. */
const fullStore = (t: Test, reserve: number) => {
  const db = openDatabase(join(t.testdir(), 'cluster.db'), silent)
  t.teardown(() => db.isOpen && db.close())
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count)
  const asked: number[] = []
  let isHeld = true
  const room: Room = {
    ...endlessRoom,
    has: () => isHeld,
    ranOut: (bytes) => {
      asked.push(bytes)
      if (!isHeld || bytes > reserve / 4) return false
      isHeld = false
      db.exec(`PRAGMA max_page_count = ${pages + 2 + reserve / 4096}`)
      return true
    },
  }
  db.exec(`PRAGMA max_page_count = ${pages + 2}`)
  return { store: sqliteStore(db, room, () => undefined), asked }
}
const withPayload = (sequence: number, bytes: number) =>
  changes({ tasks: [taskRow(sequence, { payload: { text: 'x'.repeat(bytes) } })] })

void t.test('what meets a full disk is written from the reserve, whole', async (t) => {
  const { store, asked } = fullStore(t, MIB)
  t.ok(store.hasRoom())
  await store.commit(withPayload(1, 100_000))
  t.match(await store.task('task-1'), { task: { payload: { text: /^x{100000}$/ } } })
  t.notOk(store.hasRoom())
  t.equal(asked.length, 1)
  t.ok((asked[0] ?? 0) > 100_000, 'its size was told')
  await store.commit(withPayload(2, 100_000))
  await store.probe()
  t.equal(asked.length, 1, 'there is room for more like it')
})

void t.test('a large write is refused, and leaves the reserve to others', async (t) => {
  const { store } = fullStore(t, MIB)
  await t.rejects(store.commit(withPayload(1, MIB)), { name: 'StoreError', kind: 'full' })
  t.equal(await store.task('task-1'), undefined)
  await store.commit(withPayload(2, 50_000))
  t.ok(await store.task('task-2'))
})

void t.test('when the reserve is used up too, what is refused is not written', async (t) => {
  const { store } = fullStore(t, MIB)
  let refused = 0
  for (let sequence = 1; sequence <= 20; sequence += 1)
    await store.commit(withPayload(sequence, 100_000)).catch((error: unknown) => {
      t.match(error, { name: 'StoreError', kind: 'full' })
      refused += 1
    })
  t.ok(refused > 0)
  t.equal((await store.load()).unfinishedTasks.length, 20 - refused)
})

void t.test('the write-ahead log is copied as it grows, and stays bounded', async (t) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  const log = join(dataDir, 'cluster.db-wal')
  let largest = 0
  for (let sequence = 1; sequence <= 60; sequence += 1) {
    await store.commit(withPayload(sequence, 500_000))
    largest = Math.max(largest, statSync(log).size)
  }
  t.ok(largest > LOG_BYTES && largest < LOG_BYTES + 2 * MIB, `${largest} bytes at the most, of 30 MB written`)
  t.ok(statSync(join(dataDir, 'cluster.db')).size > 20 * MIB)
  await store.close()
})

void t.test('an open store keeps a reserve', async (t) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  t.equal(statSync(join(dataDir, 'reserve')).size, 16 * MIB)
  t.ok(store.hasRoom())
  await store.close()
  t.ok(existsSync(join(dataDir, 'reserve')), 'it stays for the next start')
  writeFileSync(join(dataDir, 'reserve'), 'half of it')
  const again = await openSqliteStore({ dataDir, log: silent })
  t.ok(again.hasRoom())
  await again.close()
})
