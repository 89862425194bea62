/** The state of a cluster goes to PostgreSQL and back, by the command: equal, gone on with after a kill, the source untouched. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { chainHash, GENESIS } from '../../../src/cluster/audit-chain.ts'
import type { Store } from '../../../src/cluster/ports/store.ts'
import { placesIn } from '../../../src/store/files/places.ts'
import { move } from '../../../src/store/moving/move.ts'
import { movedTables } from '../../../src/store/moving/tables.ts'
import { moveToDirectory } from '../../../src/store/moving/to-directory.ts'
import { moveFromDatabase } from '../../../src/store/postgres/move-from.ts'
import { derived } from '../../../src/store/postgres/move-rows.ts'
import { openSqliteStore } from '../../../src/store/sqlite-store.ts'
import { ended, entry, logLine, runToEnd, start, temporaryDirectory } from '../../cli/programs.ts'
import { JOIN_TOKEN, startCluster, until } from '../../start-cluster.ts'
import { fill, seenOf } from '../../store/moving/filled.ts'
import { changes, taskRow } from '../../store/rows.ts'
import { silent } from '../../store/silent.ts'
import { openPlace } from './places.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })
const SHA256 = createHash('sha256').update('a file of a task').digest('hex')

/** What `retire-cluster migrate --output json` prints. */
type Told = { epoch: number; rows: number; files: number; tables: { table: string; rows: number; sha256: string }[] }

const migrate = (t: Test, from: string, to: string, ...more: readonly string[]) =>
  runToEnd(t, entry('client'), ['--output', 'json', 'migrate', '--from', from, '--to', to, ...more])

/** A directory with a cluster of so many tasks. */
const clusterIn = async (dataDir: string, tasks: number) => {
  const store = await openSqliteStore({ dataDir, log: silent })
  await fill(store, { tasks, devices: 20 })
  const seen = await seenOf(store)
  await store.close()
  return seen
}

const bytesOf = (dataDir: string) =>
  createHash('sha256')
    .update(readFileSync(join(dataDir, 'cluster.db')))
    .digest('hex')

const headOf = async (url: string) => server.query(url, 'SELECT * FROM retire_cluster.head')

/** Whether the audit log of a store is the chain that it was written as. */
const isChained = async (store: Store): Promise<boolean> => {
  let before = GENESIS
  for (const { entry } of (await store.audit({}, { limit: 1000 })).toReversed()) {
    const { hash, ...line } = entry
    if (hash !== chainHash(line, before.hash)) return false
    before = entry
  }
  return before.sequence === 50
}

void t.test(
  'of every table that is copied PostgreSQL has the same columns, and those that are made of them',
  async (t) => {
    const url = await server.database('columns')
    await (await openPlace({ url, dataDir: t.testdir() })).close()
    const rows = await server.query<{ name: string; columns: string[] }>(
      url,
      `SELECT table_name AS name, array_agg(column_name::text ORDER BY column_name) AS columns
      FROM information_schema.columns WHERE table_schema = 'retire_cluster' GROUP BY table_name`,
    )
    const columnsOf = new Map(rows.map(({ name, columns }) => [name, columns]))
    for (const { name, columns } of movedTables) {
      const own = name === 'idempotency' ? ['id'] : []
      t.strictSame(columnsOf.get(name), [...columns, ...Object.keys(derived[name] ?? {}), ...own].sort(), name)
    }
    const others = [...columnsOf.keys()].filter((name) => movedTables.every((table) => table.name !== name))
    // Of the nodes nothing is moved; the files of tasks, which SQLite has beside it, go by themselves.
    const left = ['file_pieces', 'files', 'members', 'secrets']
    t.strictSame(others.sort(), [...left, 'head', 'log_spans', 'meta', 'task_counts', 'task_ends', 'task_spans'].sort())
  },
)

void t.test('there and back: equal by checksum, and the sources are as they were', async (t) => {
  const directory = temporaryDirectory(t)
  const [first, second] = [join(directory, 'first'), join(directory, 'second')]
  const seen = await clusterIn(first, 3000)
  const whole = placesIn(join(first, 'files')).whole(SHA256)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, 'a file of a task')
  writeFileSync(join(first, 'join-token'), 'a-token\n', { mode: 0o600 })
  const before = bytesOf(first)
  const url = await server.database('there')
  await t.rejects(openPlace({ url, dataDir: first }), {
    name: 'DatabaseError',
    kind: 'beside',
    message: /there is empty: move it there by retire-cluster migrate/,
  })

  const there = await migrate(t, first, url)
  t.equal(there.code, 0, there.stderr)
  t.match(there.stderr, /^All \d+ rows are equal, and 1 file of tasks is there\. Start the node with --database/m)
  const moved = JSON.parse(there.stdout) as Told
  t.equal(bytesOf(first), before)
  t.match(await migrate(t, first, url), { code: 1, stderr: /there holds a cluster already: name an empty one/ })

  const store = await openPlace({ url, dataDir: first })
  t.strictSame(await seenOf(store), seen)
  t.equal((await store.load()).epoch, moved.epoch)
  t.ok(await isChained(store))
  t.match(await migrate(t, url, second), { code: 1, stderr: /there is in use by another node/ })
  await store.close()
  const head = await headOf(url)

  const back = await migrate(t, url, second, '--data-dir', first)
  t.equal(back.code, 0, back.stderr)
  t.match(back.stderr, /rows are equal, and 1 file of tasks is there\. Tokens and the TLS key were copied from/)
  const again = JSON.parse(back.stdout) as Told
  t.strictSame(again.tables, moved.tables, 'the same sums')
  t.ok(again.epoch > moved.epoch)
  t.strictSame(await headOf(url), head, 'not even a lease was taken')
  t.equal(readFileSync(join(second, 'join-token'), 'utf8'), 'a-token\n')
  t.equal(readFileSync(placesIn(join(second, 'files')).whole(SHA256), 'utf8'), 'a file of a task')
  const file = await openSqliteStore({ dataDir: second, log: silent })
  t.strictSame(await seenOf(file), seen)
  t.ok(await isChained(file))
  await file.commit(changes({ tasks: [taskRow(3001)] }))
  await file.close()
})

/**
 * A gate in a database: rows of tasks beyond a sequence wait until it is moved, so that a copy is under way for as long as a test
 * needs. It is there before the table is.
 */
const gateIn = async (url: string, upTo: number) => {
  await server.query(url, `CREATE TABLE public.gate AS SELECT ${upTo}::bigint AS up_to`)
  await server.query(
    url,
    `CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       WHILE NEW.sequence > (SELECT up_to FROM public.gate) LOOP PERFORM pg_sleep(0.02); END LOOP;
       RETURN NEW;
     END $$`,
  )
  await server.query(
    url,
    `CREATE FUNCTION public.put_gate() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
       IF to_regclass('retire_cluster.tasks') IS NULL OR EXISTS (SELECT FROM pg_trigger WHERE tgname = 'wait') THEN RETURN; END IF;
       CREATE TRIGGER wait BEFORE INSERT ON retire_cluster.tasks FOR EACH ROW EXECUTE FUNCTION public.wait();
     END $$`,
  )
  await server.query(
    url,
    `CREATE EVENT TRIGGER put_gate ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.put_gate()`,
  )
  return {
    move: (to: number) => server.query(url, 'UPDATE public.gate SET up_to = $1', [to]),
    remove: async () => {
      await server.query(url, 'DROP EVENT TRIGGER put_gate')
      await server.query(url, 'DROP FUNCTION public.wait() CASCADE')
    },
  }
}

void t.test(
  'killed with -9 in the midst, itself or the database, the same command goes on, and no node starts from the part',
  async (t) => {
    const directory = temporaryDirectory(t)
    const [first, second] = [join(directory, 'first'), join(directory, 'second')]
    const seen = await clusterIn(first, 8000)
    const url = await server.database('killed')
    const killOnce = async (from: string, to: string, isUnderWay: () => Promise<boolean>) => {
      const child = start(t, entry('client'), ['migrate', '--from', from, '--to', to])
      let isOver = false
      child.once('exit', () => (isOver = true))
      await until('rows are copied', async () => isOver || (await isUnderWay()) || undefined)
      t.notOk(isOver, 'it is killed before its end')
      child.kill('SIGKILL')
      await ended(child)
    }
    const tasksThere = async () => {
      const asked = server.query<{ tasks: number }>(url, 'SELECT count(*)::int AS tasks FROM retire_cluster.tasks')
      return (await asked.catch(() => []))[0]?.tasks ?? 0
    }
    const gate = await gateIn(url, 4000)
    await killOnce(first, url, async () => (await tasksThere()) > 2000)
    const part = await tasksThere()
    t.ok(part > 0 && part < 8000, `${part} tasks are there`)
    await t.rejects(openPlace({ url, dataDir: join(directory, 'third') }), {
      name: 'DatabaseError',
      kind: 'unfinished',
      message: /was broken off: run the same retire-cluster migrate again/,
    })
    await gate.move(7000)
    const meanwhile = migrate(t, first, url)
    await until('it has gone on', async () => (await tasksThere()) > part || undefined)
    await server.kill()
    t.match(await meanwhile, { code: 1, stderr: /Run the same command again: it goes on where it stopped\.$/m })
    await server.start()
    await gate.remove()
    const there = await migrate(t, first, url)
    t.equal(there.code, 0, there.stderr)
    const store = await openPlace({ url, dataDir: join(directory, 'third') })
    t.strictSame(await seenOf(store), seen)
    await store.close()

    const unfinished = join(second, 'cluster.db.moving')
    await killOnce(url, second, () =>
      Promise.resolve((statSync(unfinished, { throwIfNoEntry: false })?.size ?? 0) > 2 ** 21),
    )
    t.ok(existsSync(unfinished))
    t.notOk(existsSync(join(second, 'cluster.db')))
    await t.rejects(openSqliteStore({ dataDir: second, log: silent }), { name: 'DataDirectoryError' })
    const back = await migrate(t, url, second)
    t.equal(back.code, 0, back.stderr)
    t.strictSame((JSON.parse(back.stdout) as Told).tables, (JSON.parse(there.stdout) as Told).tables)
    const file = await openSqliteStore({ dataDir: second, log: silent })
    t.strictSame(await seenOf(file), seen)
    await file.close()
  },
)

void t.test('a database that another began is refused, and so is a part of one as a source', async (t) => {
  const directory = temporaryDirectory(t)
  const first = join(directory, 'first')
  await clusterIn(first, 100)
  const url = await server.database('begun')
  await (await openPlace({ url, dataDir: join(directory, 'node') })).close()
  await server.query(url, `INSERT INTO retire_cluster.meta VALUES ('moving', 7)`)
  t.match(await migrate(t, first, url), { code: 1, stderr: /begun holds a part of another cluster.*DROP SCHEMA/ })
  t.match(await migrate(t, url, join(directory, 'second')), { code: 1, stderr: /was on its way to it/ })
  const empty = await server.database('empty')
  t.match(await migrate(t, empty, join(directory, 'second')), { code: 1, stderr: /no cluster in the database/ })
  t.notOk(existsSync(join(directory, 'second', 'cluster.db')))
})

void t.test(
  'a node that starts on the source meanwhile waits; one that writes to it all the same is found',
  async (t) => {
    const directory = temporaryDirectory(t)
    const url = await server.database('busy')
    const filled = await openPlace({ url, dataDir: join(directory, 'node') })
    await fill(filled, { tasks: 100, devices: 2 })
    await filled.close()
    const source = await moveFromDatabase(url)
    let isOpen = false
    const opening = openPlace({ url, dataDir: join(directory, 'node') }).then((store) => {
      isOpen = true
      return store
    })
    await until('it waits for the lock of the schema', async () => {
      const waiting = await server.query(url, `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
      return waiting.length > 0 || undefined
    })
    t.notOk(isOpen)
    t.ok(await source.isUnchanged())
    await source.close()
    const store = await opening
    await store.close()

    const late = await moveFromDatabase(url)
    const target = moveToDirectory(join(directory, 'second'), late.mark, silent)
    await server.query(url, 'UPDATE retire_cluster.head SET commits = commits + 1')
    await t.rejects(
      move(late, target, () => undefined),
      { name: 'MoveError', kind: 'changed' },
    )
    await target.close()
    await late.close()
  },
)

void t.test('a cluster that ran goes on in the database, with its devices, its keys and what they did', async (t) => {
  const url = await server.database('running')
  const cluster = await startCluster(t, { workers: 1, args: ['--no-rate-limit'] })
  const done = await cluster.submit({ task_type: 'echo', payload: { message: 'kept' } })
  t.match(await cluster.task(done.task_id, 20), { status: 'completed' })
  const port = Number(new URL(cluster.url).port)
  cluster.server.kill('SIGTERM')
  await ended(cluster.server)
  const copy = join(temporaryDirectory(t), 'copy')
  cpSync(cluster.nodeDirectory, copy, { recursive: true })

  const moved = await migrate(t, cluster.nodeDirectory, url)
  t.equal(moved.code, 0, moved.stderr)
  const flags = ['--port', `${port}`, '--cluster-port', `${cluster.clusterPort}`, '--cluster-bind', '127.0.0.1']
  const again = start(t, entry('api'), [
    ...[...flags, '--data-dir', cluster.nodeDirectory, '--join-token', JOIN_TOKEN, '--no-rate-limit'],
    ...['--database', url],
  ])
  again.stdout?.resume()
  await logLine(again, ({ msg }) => msg === 'listening')
  t.match(await cluster.task(done.task_id), { status: 'completed', result: { output: 'kept' } })
  // By the worker of before, whose credential is known.
  const later = await cluster.submit({ task_type: 'echo', payload: { message: 'later' } })
  t.match(await cluster.task(later.task_id, 30), { status: 'completed', device_id: 'worker-1' })
  t.equal((await cluster.tasks('limit=10')).total, 2)
  const verified = await runToEnd(t, entry('client'), ['--api-url', cluster.url, 'audit', 'verify'])
  t.equal(verified.code, 0, verified.stderr)
})
