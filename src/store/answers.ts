/** Answers that are kept under their idempotency keys. */
import type { DatabaseSync } from 'node:sqlite'
import type { AnswerKey, KeptAnswer } from '../cluster/ports/records.ts'
import { answerColumns, answerOf } from './queries/answers.ts'
import { answerRowOf, keptAnswerOf } from './rows.ts'
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
  const save = statement<Row>(db)((slot) => query.replaceInto('idempotency').values(slot.each(answerColumns)))
  const find = statement<AnswerKey>(db)((slot) => answerOf(query, slot))

  return {
    save: (kept) => void save.run(answerRowOf(kept)),
    find: (key) => {
      const row = find.get(key)
      return row && keptAnswerOf(row)
    },
  }
}
