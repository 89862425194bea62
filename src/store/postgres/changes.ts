/** What one commit writes, as the arguments of `write_commit` (migration 4). */
import { codes, refusalOf } from './postgres-error.ts'
import type { TaskRecord } from '../../cluster/ports/records.ts'
import type { Changes } from '../../cluster/ports/store.ts'
import { answerRowOf, auditRowOf, journalRowOf, logRowOf } from '../rows.ts'
import type { Value as Single } from '../slots.ts'
import { stateOf, subjectOf } from '../task-record.ts'
import { binaryArray } from './binary-array.ts'
import { type Columns, type RowOf, singles, tables } from './migrations/0004-arrays.ts'
import type { Run, Value } from './run.ts'

// In the order in which the function is declared.
const singleNames = Object.keys(singles) as (keyof typeof singles)[]
const tableNames = Object.keys(tables) as (keyof typeof tables)[]
const places = [...singleNames, ...tableNames.flatMap((name) => Object.keys(tables[name]))]
const statement = `SELECT write_commit(${places.map((_, index) => `$${index + 1}`).join()})`

/** An array for each column of the rows; null where there are none, so that the table is not looked at. */
const arrays = (columns: Columns, rows: readonly Readonly<Record<string, Single>>[]): readonly Value[] =>
  Object.entries(columns).map(([column, type]) =>
    rows.length === 0
      ? null
      : binaryArray(
          type,
          rows.map((row) => row[column] ?? null),
        ),
  )

/** Rows as JSON; null where there is none, so that the table is not looked at. */
const json = <Row>(rows: readonly Row[], rowOf: (row: Row) => object): string | null =>
  rows.length === 0 ? null : JSON.stringify(rows.map(rowOf))

const ids = (gone: readonly string[]): readonly string[] | null => (gone.length === 0 ? null : gone)

/** Of rows with the same key the last one, as if they had been written one after another: a statement writes each row once. */
const lastOfEach = <Row>(rows: readonly Row[], keyOf: (row: Row) => unknown): Row[] => [
  ...new Map(rows.map((row) => [JSON.stringify(keyOf(row)), row])).values(),
]

const highest = (rows: readonly { readonly sequence: number }[]): number =>
  rows.reduce((most, { sequence }) => Math.max(most, sequence), 0)

/** What changes of a task, and what it left, which is asked for by itself. */
const changeOf = (record: TaskRecord) => {
  const artifacts = record.task.result?.artifacts
  return { ...stateOf(record), artifacts: artifacts === undefined ? null : JSON.stringify(artifacts) }
}

const newTaskOf = (record: TaskRecord) => ({
  ...changeOf(record),
  ...subjectOf(record),
  payload: JSON.stringify(record.task.payload),
})

const filesOf = (records: readonly TaskRecord[]) =>
  records.flatMap(({ sequence, task, ended_ms }) =>
    [...task.inputs, ...(ended_ms === null ? [] : (task.result?.artifacts ?? []))].map(({ sha256 }) => ({
      sha256,
      sequence,
    })),
  )

/** What a commit writes once, or of what few commits have. */
const singlesOf = (term: number, number: number, changes: Changes): Record<keyof typeof singles, Value> => {
  const { tasks, events } = changes
  const journal = journalRowOf(events)
  return {
    held: term,
    number,
    highest_task: highest(tasks),
    highest_event: Math.max(highest(events), highest(changes.logs)),
    files: json(filesOf(tasks), (row) => row),
    first_event: journal?.first_sequence ?? null,
    last_event: journal?.last_sequence ?? null,
    event_ms: events[0] === undefined ? null : Date.parse(events[0].event.timestamp),
    event_rows: journal?.events ?? null,
    device_rows: json(changes.devices, (device) => ({ id: device.id, record: JSON.stringify(device) })),
    counter_rows: json(changes.counters, (row) => row),
    metric_rows: json(
      lastOfEach(
        changes.metrics.map(({ resolution, row }) => ({ resolution, ...row })),
        ({ resolution, at_ms, device_id }) => [resolution, at_ms, device_id],
      ),
      (row) => row,
    ),
    answer_rows: json(
      lastOfEach(changes.answers, ({ caller, path, key }) => [caller, path, key]),
      answerRowOf,
    ),
    key_rows: json(changes.keys, (key) => ({ id: key.key.id, record: JSON.stringify(key) })),
    token_rows: json(changes.joinTokens, (token) => ({ id: token.token.id, record: JSON.stringify(token) })),
    revocation_rows: json(changes.revocations, (row) => row),
    config_patch: changes.config === undefined ? null : JSON.stringify(changes.config),
    gone_devices: ids(changes.removedDevices),
    gone_keys: ids(changes.removedKeys),
    gone_tokens: ids(changes.removedJoinTokens),
    gone_revocations: ids(changes.liftedRevocations),
  }
}

type Rows = { readonly [Table in keyof typeof tables]: readonly RowOf<(typeof tables)[Table]>[] }

/** The rows of each table. Tasks up to `upTo` are there already. */
const tableRowsOf = ({ tasks, logs, audit }: Changes, upTo: number): Rows => ({
  changed: tasks.filter(({ sequence }) => sequence <= upTo).map(changeOf),
  new: tasks.filter(({ sequence }) => sequence > upTo).map(newTaskOf),
  log: logs.map(logRowOf),
  audit: audit.map((line) => ({ ...auditRowOf(line), hash: line.entry.hash })),
})

/** Writes changes by one statement, which is a transaction of its own: one round trip. */
export type WriteChanges = (run: Run, term: number, number: number, changes: Changes) => Promise<void>

/**
 * A function that writes changes. What a task was submitted with, which may be long, is sent at its first write alone: those
 * beyond `lastTask`, the highest sequence that is there already, are new.
 */
export const changeWriter = (lastTask: number): WriteChanges => {
  let known = lastTask

  const write = (run: Run, term: number, number: number, changes: Changes, upTo: number) => {
    const single = singlesOf(term, number, changes)
    const rows = tableRowsOf(changes, upTo)
    const values = [
      ...singleNames.map((name) => single[name]),
      ...tableNames.flatMap((name) => arrays(tables[name], rows[name])),
    ]
    return run(statement, values)
  }

  return async (run, term, number, changes) => {
    try {
      await write(run, term, number, changes, known)
    } catch (error) {
      // A task that came in before is gone, or came in out of turn: all that is known of each is sent.
      if (refusalOf(error) !== codes.taskMissing) throw error
      await write(run, term, number, changes, 0)
    }
    known = Math.max(known, highest(changes.tasks))
  }
}
