/** Queries of the answers that are kept under their idempotency keys. */
import type { AnswerKey } from '../../cluster/ports/records.ts'
import type { Query, Slots } from '../slots.ts'

/** The columns of an answer. */
export const answerColumns = ['caller', 'path', 'key', 'at_ms', 'body_hash', 'answer'] as const

/** What was answered under a key. */
export const answerOf = (query: Query, slot: Slots<AnswerKey>) =>
  query
    .selectFrom('idempotency')
    .select(answerColumns)
    .where('caller', '=', slot('caller'))
    .where('path', '=', slot('path'))
    .where('key', '=', slot('key'))

/** Removes the oldest answers, of those that were made before an instant. */
export const removalOfAnswers = (query: Query, slot: Slots<{ before: number; most: number }>) =>
  query
    .deleteFrom('idempotency')
    .where('id', 'in', (e) =>
      e.selectFrom('idempotency').select('id').where('at_ms', '<', slot('before')).orderBy('at_ms').limit(slot('most')),
    )
