/** A large cluster goes to PostgreSQL and back: equal by checksum. */
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { entry, runToEnd, temporaryDirectory } from '../cli/programs.ts'
import { fill, seenOf } from '../store/moving/filled.ts'
import { silent } from '../store/silent.ts'
import { openPlace } from '../system/postgres/places.ts'
import { startPostgres } from '../system/postgres/server.ts'

const figures = { tasks: 100_000, devices: 500 }

t.setTimeout(3_600_000)

type Told = { epoch: number; rows: number; duration_seconds: number; tables: object[] }

void t.test('100,000 tasks and 500 devices', async (t) => {
  const server = await startPostgres(t)
  const url = await server.database('large')
  const directory = temporaryDirectory(t)
  const [first, second] = [join(directory, 'first'), join(directory, 'second')]
  const store = await openSqliteStore({ dataDir: first, log: silent })
  await fill(store, figures)
  const seen = await seenOf(store)
  await store.close()

  const migrate = async (from: string, to: string) => {
    const flags = ['--output', 'json', 'migrate', '--from', from, '--to', to]
    const { code, stdout, stderr } = await runToEnd(t, entry('client'), flags)
    t.equal(code, 0, stderr)
    const told = JSON.parse(stdout) as Told
    t.comment(`${told.rows} rows in ${told.duration_seconds} s`)
    return told
  }
  const there = await migrate(first, url)
  t.ok(there.rows > figures.tasks + figures.devices)
  const database = await openPlace({ url, dataDir: join(directory, 'node') })
  t.strictSame(await seenOf(database), seen)
  await database.close()
  const back = await migrate(url, second)
  t.strictSame(back.tables, there.tables)
  const file = await openSqliteStore({ dataDir: second, log: silent })
  t.strictSame(await seenOf(file), seen)
  await file.close()
})
