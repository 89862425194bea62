/** A data directory whose state is in PostgreSQL does not become another cluster in silence. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { backUp } from '../../src/store/backup.ts'
import { databaseOf, markElsewhere } from '../../src/store/elsewhere.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { silent } from './silent.ts'

const SHOWN = 'db.example/cluster'

void t.test('a start that names no database is refused, and leaves the directory as it is', async (t) => {
  const dataDir = t.testdir()
  markElsewhere(dataDir, SHOWN)
  await t.rejects(openSqliteStore({ dataDir, log: silent }), {
    name: 'DataDirectoryError',
    kind: 'elsewhere',
    message: /is in PostgreSQL \(db\.example\/cluster\): name that by --database/,
  })
  t.equal(databaseOf(dataDir), SHOWN)
  t.notOk(existsSync(join(dataDir, 'cluster.db')))
  const file = join(dataDir, 'copy')
  await t.rejects(backUp({ dataDir, file, beside: [], existing: 'refuse', progress: () => undefined }), {
    name: 'BackupError',
    kind: 'elsewhere',
  })
})

void t.test('who leaves the database behind goes on with a file, at later starts too', async (t) => {
  const dataDir = t.testdir()
  markElsewhere(dataDir, SHOWN)
  const left = await openSqliteStore({ dataDir, log: silent, elsewhere: 'leave' })
  await left.close()
  t.equal(databaseOf(dataDir), undefined)
  const again = await openSqliteStore({ dataDir, log: silent })
  await again.close()
})
