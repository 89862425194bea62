/** API keys. */
import type { DatabaseSync } from 'node:sqlite'
import type { KeyRecord } from '../cluster/ports/records.ts'
import { type NoArguments, query, statement } from './statement.ts'
import type { RecordsTable } from './tables.ts'

/** The keys. The writes are to be called inside a transaction. */
export type KeyTable = {
  save(key: KeyRecord): void
  remove(id: string): void
  all(): KeyRecord[]
}

/** Prepares the statements of the keys. */
export const keyTable = (db: DatabaseSync): KeyTable => {
  const save = statement<RecordsTable>(db)((slot) =>
    query
      .insertInto('keys')
      .values(slot.each(['id', 'record']))
      .onConflict((conflict) => conflict.column('id').doUpdateSet(slot.each(['record']))),
  )
  const remove = statement<{ id: string }>(db)((slot) => query.deleteFrom('keys').where('id', '=', slot('id')))
  const all = statement<NoArguments>(db)(() => query.selectFrom('keys').select('record').orderBy('id'))

  return {
    save: (key) => void save.run({ id: key.key.id, record: JSON.stringify(key) }),
    remove: (id) => void remove.run({ id }),
    all: () => all.all({}).map(({ record }) => JSON.parse(record) as KeyRecord),
  }
}
