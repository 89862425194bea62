import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { DeviceRecord } from '../../src/cluster/ports/store.ts'
import { nothingLearned } from '../../src/cluster/learned.ts'
import * as first from '../../src/store/migrations/0001-first.ts'
import * as learned from '../../src/store/migrations/0003-learned.ts'
import { deviceRow } from './rows.ts'

void t.test('of a device that is older than learning nothing is known, and all else of it stays', (t) => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  first.up(db)
  const older: { -readonly [K in keyof DeviceRecord]?: DeviceRecord[K] } = deviceRow('phone')
  delete older.learned
  db.prepare('INSERT INTO devices (id, record) VALUES (?, ?)').run('phone', JSON.stringify(older))
  learned.up(db)
  const row = db.prepare('SELECT record FROM devices').get() as { record: string }
  t.strictSame(JSON.parse(row.record), { ...older, learned: nothingLearned })
  t.end()
})
