import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { memoryStore } from '../cluster/memory-store.ts'
import type { NewPlace } from './listing-contract.ts'
import { pruneAll, retentionContract, transactionsOfRetention } from './retention-contract.ts'
import { changes, completed, NOON, taskRow } from './rows.ts'
import { silent } from './silent.ts'

const sqlite: NewPlace = (t) => {
  const dataDir = t.testdir()
  return () => openSqliteStore({ dataDir, log: silent })
}

for (const [name, newPlace] of [
  ['sqlite', sqlite],
  ['memory', () => () => Promise.resolve(memoryStore())],
] satisfies [string, NewPlace][])
  void t.test(name, (t) => {
    retentionContract(t, newPlace)
    t.end()
  })

transactionsOfRetention(t, sqlite)

void t.test('the file shrinks when much has gone', async (t) => {
  const dataDir = t.testdir()
  const store = await openSqliteStore({ dataDir, log: silent })
  const tasks = Array.from({ length: 60 }, (_, index) =>
    completed(taskRow(index + 1, { payload: { text: 'x'.repeat(500_000) } }), 'phone', NOON + index, 1),
  )
  await store.commit(changes({ tasks }))
  await pruneAll(store, { maxFinishedTasks: 2 })
  await store.close()
  const { size } = statSync(join(dataDir, 'cluster.db'))
  t.ok(size < 8_000_000, `${size} bytes, of 30 million`)
})
