/** Between what is kept and its rows, for both databases. */
import { type AuditEntry, type LogEntry, logLevels, type MonitorEvent } from '../../schemas/index.ts'
import type { DeviceRecord, KeptAnswer, StoredAudit, StoredEvent, StoredLog } from '../cluster/ports/records.ts'
import type { AuditTable, IdempotencyTable, JournalTable, LogsTable } from './tables.ts'

/** What devices that were written last by an older version don't have. */
const LATER_FIELDS: Pick<DeviceRecord, 'unclean_stops'> = { unclean_stops: [] }

/** The device of a row. */
export const deviceOf = ({ record }: { readonly record: string }): DeviceRecord => ({
  ...LATER_FIELDS,
  ...(JSON.parse(record) as DeviceRecord),
})

/** The row of the events of one commit; undefined where there are none. */
export const journalRowOf = (events: readonly StoredEvent[]): JournalTable | undefined => {
  const first = events[0]
  const last = events.at(-1)
  if (first === undefined || last === undefined) return undefined
  return {
    first_sequence: first.sequence,
    last_sequence: last.sequence,
    events: JSON.stringify(events.map(({ sequence, event }) => [sequence, event])),
  }
}

/** The events of a row that come after a sequence. */
export const eventsIn = ({ events }: Pick<JournalTable, 'events'>, after: number): StoredEvent[] =>
  (JSON.parse(events) as [number, MonitorEvent][])
    .filter(([sequence]) => sequence > after)
    .map(([sequence, event]) => ({ sequence, event }))

/** The row of a line of the log. */
export const logRowOf = ({ sequence, at_ms, entry }: StoredLog): LogsTable => {
  const { component, device_id, task_id } = entry
  const level = logLevels.indexOf(entry.level)
  return { sequence, at_ms, level, component, device_id, task_id, entry: JSON.stringify(entry) }
}

/** The line of a row. */
export const logOf = ({ sequence, at_ms, entry }: Pick<LogsTable, 'sequence' | 'at_ms' | 'entry'>): StoredLog => ({
  sequence,
  at_ms,
  entry: JSON.parse(entry) as LogEntry,
})

/** The row of a line of the audit log. */
export const auditRowOf = ({ at_ms, entry }: StoredAudit): AuditTable => {
  const { sequence, key_id, operation } = entry
  return { sequence, at_ms, key_id, operation, entry: JSON.stringify(entry) }
}

/** The line of a row of the audit log. */
export const auditOf = ({ at_ms, entry }: Pick<AuditTable, 'at_ms' | 'entry'>): StoredAudit => ({
  at_ms,
  entry: JSON.parse(entry) as AuditEntry,
})

/** The row of an answer. */
export const answerRowOf = (kept: KeptAnswer): Omit<IdempotencyTable, 'id'> => ({
  ...kept,
  answer: JSON.stringify(kept.answer),
})

/** The answer of a row. */
export const keptAnswerOf = (row: Omit<IdempotencyTable, 'id'>): KeptAnswer => ({
  ...row,
  answer: JSON.parse(row.answer) as object,
})
