import t from 'tap'
import pg from 'pg'
import { migrate, schemaVersion } from '../../../src/store/postgres/migrate.ts'
import { connect } from '../../../src/store/postgres/connection.ts'
import { migrations } from '../../../src/store/postgres/migrations/index.ts'
import { changes, taskRow } from '../../store/rows.ts'
import { silent } from '../../store/silent.ts'
import { openPlace } from './places.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })

/** Connections that the test ends. */
const connected = async (url: string) => {
  const connection = await connect(url)
  t.teardown(() => connection.end())
  return connection.run
}

void t.test('programs that come at the same time take turns, and find what the first has made', async (t) => {
  const url = await server.database('together')
  const runs = await Promise.all([1, 2, 3].map(() => connected(url)))
  await Promise.all(runs.map((run) => migrate(run, 'together', silent)))
  for (const run of runs) t.equal(await schemaVersion(run), migrations.length)
})

void t.test('what a migration that fails has done is undone, and the next start does it again', async (t) => {
  const url = await server.database('half')
  const run = await connected(url)
  const failing = {
    up: async (each: typeof run) => {
      await each('CREATE TABLE of_no_use (id integer)')
      await each('SELECT 1 / 0')
    },
  }
  await t.rejects(migrate(run, 'half', silent, { version: 2, migrations: [...migrations.slice(0, 1), failing] }))
  t.equal(await schemaVersion(run), 1)
  const left = await run<{ there: boolean }>(`SELECT to_regclass('of_no_use') IS NOT NULL AS there`)
  t.strictSame(left.rows, [{ there: false }])
})

void t.test('a database of each earlier version goes on with what is in it', async (t) => {
  for (const version of migrations.keys()) {
    if (version === 0) continue
    const url = await server.database(`version_${version}`)
    await migrate(await connected(url), 'earlier', silent, { version })
    await server.query(url, "INSERT INTO retire_cluster.keys VALUES ('kept', '{}')")
    const store = await openPlace({ url, dataDir: t.testdir() })
    await store.commit(changes({ tasks: [taskRow(1)] }))
    await store.commit(changes({ tasks: [taskRow(1, { status: 'running', device_id: 'pi' }), taskRow(2)] }))
    t.match(await store.task('task-1'), { task: { status: 'running' } }, `from version ${version}`)
    t.equal((await store.load()).keys.length, 1, `from version ${version}`)
    await store.close()
  }
})

void t.test('a database that a newer version has written to is refused, and left as it is', async (t) => {
  const url = await server.database('newer')
  const open = () => openPlace({ url, dataDir: t.testdir() })
  const store = await open()
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await store.close()
  await server.query(url, `UPDATE retire_cluster.meta SET value = value + 1 WHERE name = 'schema'`)
  await t.rejects(open(), {
    name: 'DatabaseError',
    kind: 'newer',
    message: /newer was written by a newer version \(schema \d+; this one knows \d+\)/,
  })
  await server.query(url, `UPDATE retire_cluster.meta SET value = value - 1 WHERE name = 'schema'`)
  const again = await open()
  t.match(await again.task('task-1'), { sequence: 1 })
  await again.close()
})

void t.test('others keep tables of the same names in the same database', async (t) => {
  const url = await server.database('shared')
  await server.query(url, 'CREATE TABLE tasks (whatever integer); CREATE TABLE meta (other text)')
  const store = await openPlace({ url, dataDir: t.testdir() })
  await store.commit(changes({ tasks: [taskRow(1)] }))
  await store.close()
  t.strictSame(await server.query(url, 'SELECT * FROM public.tasks'), [])
})

void t.test('a server that does not wait for its disk is told of loudly', async (t) => {
  const warnings: unknown[] = []
  const log = { ...silent, warn: (fields: object) => void warnings.push(fields) }
  const url = await server.database('careless')
  const store = await openPlace({ url, dataDir: t.testdir(), log })
  await store.close()
  t.strictSame(warnings.map((fields) => (fields as { setting: string }).setting).sort(), ['fsync', 'full_page_writes'])
})

void t.test('a database that keeps no UTF-8 is refused', async (t) => {
  const url = await server.database('utf')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`)
  await client.end()
  const latin = url.replace(/utf$/, 'latin')
  await t.rejects(openPlace({ url: latin, dataDir: t.testdir() }), {
    name: 'DatabaseError',
    kind: 'unfit',
  })
})
