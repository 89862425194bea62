/** The state of one data directory goes into another: what holds whatever the two ends are. With PostgreSQL: test/system/postgres. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DatabaseSync } from 'node:sqlite'
import { moveFromDirectory } from '../../../src/store/moving/from-directory.ts'
import { move, type Progress } from '../../../src/store/moving/move.ts'
import type { Source, Target } from '../../../src/store/moving/place.ts'
import { movedTables } from '../../../src/store/moving/tables.ts'
import { moveToDirectory } from '../../../src/store/moving/to-directory.ts'
import { markElsewhere } from '../../../src/store/elsewhere.ts'
import { openSqliteStore } from '../../../src/store/sqlite-store.ts'
import { changes, taskRow } from '../rows.ts'
import { silent } from '../silent.ts'
import { fill, seenOf } from './filled.ts'

const figures = { tasks: 1500, devices: 7 }

/** A directory with a cluster, and one without. */
const world = async (t: Test) => {
  const directory = t.testdir({ from: {}, to: {} })
  const [from, to] = [join(directory, 'from'), join(directory, 'to')]
  const store = await openSqliteStore({ dataDir: from, log: silent })
  await fill(store, figures)
  const seen = await seenOf(store)
  const { epoch } = await store.load()
  await store.close()
  return { from, to, seen, epoch }
}

const moving = async (
  { from, to }: { from: string; to: string },
  {
    through = (target) => target,
    reading = (source) => source,
    progress = () => undefined,
  }: {
    through?: (target: Target) => Target
    reading?: (source: Source) => Source
    progress?: (progress: Progress) => void
  } = {},
) => {
  const source = moveFromDirectory(from)
  try {
    const target = moveToDirectory(to, source.mark, silent)
    try {
      return await move(reading(source), through(target), progress)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** A target that breaks off after so many pages. */
const failingAfter = (pages: number) => (target: Target) => {
  let left = pages
  return {
    ...target,
    write: (...page: Parameters<Target['write']>) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('ordered by the test')) : target.write(...page)
    },
  }
}

void t.test('everything is there, in a new epoch, and the source is as it was', async (t) => {
  const { from, to, seen, epoch } = await world(t)
  const before = readFileSync(join(from, 'cluster.db'))
  const names = readdirSync(from).sort()
  const steps: Progress[] = []
  const moved = await moving({ from, to }, { progress: (progress) => steps.push(progress) })
  t.ok(moved.epoch > epoch)
  t.strictSame(moved.tables.map(({ table }) => table).sort(), movedTables.map(({ name }) => name as string).sort())
  t.equal(moved.tables.find(({ table }) => table === 'tasks')?.rows, figures.tasks)
  const all = moved.tables.reduce((sum, { rows }) => sum + rows, 0)
  t.match(
    steps.findLast(({ step }) => step === 'copied'),
    { rows: all, of: all },
  )
  t.match(steps.at(-1), { step: 'compared', rows: all, of: all })
  t.ok(readFileSync(join(from, 'cluster.db')).equals(before), 'no byte of the source has changed')
  t.strictSame(readdirSync(from).sort(), names)
  const store = await openSqliteStore({ dataDir: to, log: silent })
  t.strictSame(await seenOf(store), seen)
  t.equal((await store.load()).epoch, moved.epoch)
  await store.commit(changes({ tasks: [taskRow(figures.tasks + 1)] }))
  await store.close()
})

void t.test('what was broken off goes on where it stopped, and serves no node before', async (t) => {
  const { from, to, seen } = await world(t)
  for (const pages of [0, 1, 3]) {
    await t.rejects(moving({ from, to }, { through: failingAfter(pages) }), { message: 'ordered by the test' })
    await t.rejects(
      openSqliteStore({ dataDir: to, log: silent }),
      { name: 'DataDirectoryError', message: /broken off: run the same retire-cluster migrate again/ },
      `after ${pages} pages`,
    )
  }
  const rows: number[] = []
  await moving({ from, to }, { progress: (progress) => 'rows' in progress && rows.push(progress.rows) })
  t.ok((rows[0] ?? 0) > figures.tasks / 2, 'what was there is not copied again')
  const store = await openSqliteStore({ dataDir: to, log: silent })
  t.strictSame(await seenOf(store), seen)
  await store.close()
})

void t.test('one that had no name yet is made anew', async (t) => {
  const { from, to, seen } = await world(t)
  const nameless = (target: Target) => ({
    ...target,
    finish: () => Promise.reject(new Error('ordered by the test')),
  })
  await t.rejects(moving({ from, to }, { through: nameless }), { message: 'ordered by the test' })
  const db = new DatabaseSync(join(to, 'cluster.db.moving'))
  db.exec(`DELETE FROM meta WHERE name = 'moving'`)
  db.close()
  await moving({ from, to })
  const store = await openSqliteStore({ dataDir: to, log: silent })
  t.strictSame(await seenOf(store), seen)
  await store.close()
})

void t.test('a copy that differs from its source is found, and never becomes a cluster', async (t) => {
  const { from, to } = await world(t)
  const altered = (target: Target) => ({
    ...target,
    write: (...[table, rows]: Parameters<Target['write']>) =>
      target.write(
        table,
        table.name === 'metrics' ? rows.map((row, index) => (index === 3 ? row.with(5, 0.1) : row)) : rows,
      ),
  })
  await t.rejects(moving({ from, to }, { through: altered }), {
    name: 'MoveError',
    kind: 'differs',
    message: /not equal to its source in metrics at hour\/\d+\/device-3:/,
  })
  t.notOk(existsSync(join(to, 'cluster.db')))
})

void t.test('a row that the source has not is found too', async (t) => {
  const { from, to } = await world(t)
  const longer = (target: Target) => ({
    ...target,
    pages: (...[table, after]: Parameters<Target['pages']>) =>
      table.name === 'revocations' ? [[['zz', 'phone', 0, '']]] : target.pages(table, after),
  })
  const none = (source: Source) => ({
    ...source,
    pages: (...[table, after]: Parameters<Source['pages']>) =>
      table.name === 'revocations' ? [] : source.pages(table, after),
  })
  await t.rejects(moving({ from, to }, { through: longer, reading: none }), {
    name: 'MoveError',
    kind: 'differs',
    message: /in revocations at zz:/,
  })
})

void t.test('a source that was written to while it was copied is refused', async (t) => {
  const { from, to } = await world(t)
  const source = moveFromDirectory(from)
  const target = moveToDirectory(to, source.mark, silent)
  await t.rejects(
    move({ ...source, isUnchanged: () => Promise.resolve(false) }, target, () => undefined),
    {
      name: 'MoveError',
      kind: 'changed',
    },
  )
  await target.close()
  await source.close()
  t.notOk(existsSync(join(to, 'cluster.db')))
})

void t.test('a part of another cluster is not gone on with, and a cluster is not written over', async (t) => {
  const { from, to } = await world(t)
  await t.rejects(moving({ from, to }, { through: failingAfter(3) }))
  const store = await openSqliteStore({ dataDir: from, log: silent })
  await store.commit(changes({ tasks: [taskRow(figures.tasks + 1)] }))
  await store.close()
  await t.rejects(moving({ from, to }), { name: 'MoveError', kind: 'another', message: /remove .*cluster\.db\.moving/ })
  copyFileSync(join(from, 'cluster.db'), join(to, 'cluster.db'))
  await t.rejects(moving({ from, to }), { name: 'MoveError', kind: 'not-empty' })
})

void t.test('what cannot be moved is told in one sentence', async (t) => {
  const { from, to } = await world(t)
  const empty = join(to, 'nothing')
  t.throws(() => moveFromDirectory(empty), { name: 'MoveError', kind: 'no-cluster' })
  t.notOk(existsSync(empty), 'and nothing is made')
  const running = await openSqliteStore({ dataDir: from, log: silent })
  t.throws(() => moveFromDirectory(from), { name: 'DataDirectoryError', kind: 'taken' })
  await running.close()
  for (const [change, message] of [
    ['PRAGMA user_version = 6', /older version: start its node once with this one/],
    ['PRAGMA user_version = 1000', /newer version/],
    ['PRAGMA application_id = 7', /another program/],
  ] as const) {
    copyFileSync(join(from, 'cluster.db'), join(to, 'cluster.db'))
    const db = new DatabaseSync(join(to, 'cluster.db'))
    db.exec(change)
    db.close()
    t.throws(() => moveFromDirectory(to), { name: 'MoveError', kind: 'unfit', message })
  }
  markElsewhere(from, 'db.example/cluster')
  t.throws(() => moveFromDirectory(from), {
    name: 'MoveError',
    kind: 'no-cluster',
    message: /is in PostgreSQL \(db\.example\/cluster\)/,
  })
})

void t.test('what a killed node had in its log goes too', async (t) => {
  const { from, to } = await world(t)
  const store = await openSqliteStore({ dataDir: from, log: silent })
  await store.commit(changes({ tasks: [taskRow(figures.tasks + 1)] }))
  const killed = join(to, 'killed')
  mkdirSync(killed)
  for (const name of ['cluster.db', 'cluster.db-wal']) copyFileSync(join(from, name), join(killed, name))
  await store.close()
  const { tables } = await moving({ from: killed, to })
  t.equal(tables.find(({ table }) => table === 'tasks')?.rows, figures.tasks + 1)
})
