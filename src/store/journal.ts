/** The journal of events: one row a commit, however many events it holds. Six rows a task cost 59 % of the throughput, this costs 15 % (DESIGN.md, measured). */
import type { DatabaseSync } from 'node:sqlite'
import type { MonitorEvent } from '../../schemas/index.ts'
import type { StoredEvent } from '../cluster/ports/records.ts'
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
      const first = events[0]
      const last = events.at(-1)
      if (first === undefined || last === undefined) return
      insert.run({
        first_sequence: first.sequence,
        last_sequence: last.sequence,
        events: JSON.stringify(events.map(({ sequence, event }) => [sequence, event])),
      })
    },
    after: (sequence, limit) => {
      const found: StoredEvent[] = []
      for (const row of from.iterate({ sequence })) {
        for (const [place, event] of JSON.parse(row.events) as [number, MonitorEvent][]) {
          if (place <= sequence) continue
          if (found.length === limit) return found
          found.push({ sequence: place, event })
        }
        if (found.length === limit) return found
      }
      return found
    },
    first: () => oldest.get({})?.first_sequence,
  }
}
