/** Answers that are kept under their idempotency keys. */
import type { DatabaseSync } from 'node:sqlite'
import type { AnswerKey, KeptAnswer } from '../cluster/ports/records.ts'
import { query, statement } from './statement.ts'
import type { IdempotencyTable } from './tables.ts'

type Row = Omit<IdempotencyTable, 'id'>

/** The answers. The write is to be called inside a transaction. */
export type AnswerTable = {
  /** Keeps an answer, in the place of one that has expired. */
  save(answer: KeptAnswer): void
  find(key: AnswerKey): KeptAnswer | undefined
}

/** Prepares the statements of the answers. */
export const answerTable = (db: DatabaseSync): AnswerTable => {
  const columns = ['caller', 'path', 'key', 'at_ms', 'body_hash', 'answer'] as const satisfies readonly (keyof Row)[]
  const save = statement<Row>(db)((slot) => query.replaceInto('idempotency').values(slot.each(columns)))
  const find = statement<AnswerKey>(db)((slot) =>
    query
      .selectFrom('idempotency')
      .select(columns)
      .where('caller', '=', slot('caller'))
      .where('path', '=', slot('path'))
      .where('key', '=', slot('key')),
  )

  return {
    save: (kept) => void save.run({ ...kept, answer: JSON.stringify(kept.answer) }),
    find: (key) => {
      const row = find.get(key)
      return row && { ...row, answer: JSON.parse(row.answer) as object }
    },
  }
}
