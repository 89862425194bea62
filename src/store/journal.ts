/** The journal of events: one row a commit, however many events it holds. Six rows a task cost 59 % of the throughput, this costs 15 % (DESIGN.md, measured). */
import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../cluster/ports/records.ts'
import { eventsIn, journalRowOf } from './rows.ts'
import { type NoArguments, query, statement } from './statement.ts'
import type { JournalTable } from './tables.ts'

/** The journal. */
export type Journal = {
  /** Writes the events of one commit, in their order. Call it inside a transaction. */
  append(events: readonly StoredEvent[]): void
  after(sequence: number, limit: number): StoredEvent[]
  first(): number | undefined
}

/** Prepares the statements of the journal. */
export const journalTable = (db: DatabaseSync): Journal => {
  const insert = statement<JournalTable>(db)((slot) =>
    query.insertInto('journal').values(slot.each(['last_sequence', 'first_sequence', 'events'])),
  )
  const from = statement<{ sequence: number }>(db)((slot) =>
    query.selectFrom('journal').select('events').where('last_sequence', '>', slot('sequence')).orderBy('last_sequence'),
  )
  const oldest = statement<NoArguments>(db)(() =>
    query.selectFrom('journal').select('first_sequence').orderBy('last_sequence').limit(1),
  )

  return {
    append: (events) => {
      const row = journalRowOf(events)
      if (row !== undefined) insert.run(row)
    },
    after: (sequence, limit) => {
      const found: StoredEvent[] = []
      for (const row of from.iterate({ sequence })) {
        found.push(...eventsIn(row, sequence).slice(0, limit - found.length))
        if (found.length === limit) return found
      }
      return found
    },
    first: () => oldest.get({})?.first_sequence,
  }
}
