/** Brings a database to the schema of this version. */
import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../cluster/ports/log.ts'
import { migrations } from './migrations/index.ts'
import { transactions } from './transaction.ts'

/** Marks a database as ours (`PRAGMA application_id`): "RCst". */
export const APPLICATION_ID = 0x52437374

/** The number in `PRAGMA user_version`: how many migrations a database has. */
export const schemaVersion = (db: DatabaseSync): number =>
  Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0)

/** Runs the migrations that are missing, each in one transaction with the note that it ran. */
export const migrate = (db: DatabaseSync, log: Log): void => {
  const transact = transactions(db)
  const from = schemaVersion(db)
  try {
    for (const [index, migration] of migrations.entries()) {
      const version = index + 1
      if (version <= from) continue
      transact(() => {
        migration.up(db)
        db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`)
      })
    }
  } finally {
    // Where one fails, those before it stay.
    const to = schemaVersion(db)
    if (to > from) log.info({ from, schema: to }, 'store schema migrated')
  }
}
