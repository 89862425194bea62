/** What goes from one database to the other. A table or column that is missing here does not compile, or fails a test. */
import { figures } from '../queries/figures.ts'
import type { Value } from '../slots.ts'
import type { Tables } from '../tables.ts'
import { taskColumns } from '../tasks.ts'

/** A table whose rows are copied: its columns, as both databases have them, and those by which its rows are told apart and in order. */
type Copied<Row> = {
  readonly columns: readonly (keyof Row & string)[]
  readonly key: readonly (keyof Row & string)[]
  /** Columns that may hold a megabyte: pages of rows are cut by them. */
  readonly long?: readonly (keyof Row & string)[]
}

/** A table that is not copied, and why. */
type Left = { readonly left: string }

const records = { columns: ['id', 'record'], key: ['id'], long: ['record'] } as const
const byTriggers = { left: 'the database that is written to sums up what comes' } as const

/** How each table goes. */
export const tables = {
  meta: { left: 'the copy has an epoch of its own; the highest sequences go with it' },
  tasks: {
    columns: taskColumns,
    key: ['sequence'],
    long: ['record', 'payload'],
  },
  task_payloads: { left: 'a payload goes with its task' },
  task_artifacts: { columns: ['sha256', 'sequence'], key: ['sha256', 'sequence'] },
  task_counts: byTriggers,
  task_spans: byTriggers,
  task_ends: byTriggers,
  devices: records,
  counters: { columns: ['device_id', 'completed', 'failed'], key: ['device_id'] },
  journal: { columns: ['last_sequence', 'first_sequence', 'events'], key: ['last_sequence'], long: ['events'] },
  logs: {
    columns: ['sequence', 'at_ms', 'level', 'component', 'device_id', 'task_id', 'entry'],
    key: ['sequence'],
    long: ['entry'],
  },
  log_spans: byTriggers,
  keys: records,
  join_tokens: records,
  revocations: {
    columns: ['credential_hash', 'device_id', 'removed_ms', 'node_token_hash'],
    key: ['credential_hash'],
  },
  audit: { columns: ['sequence', 'at_ms', 'key_id', 'operation', 'entry'], key: ['sequence'], long: ['entry'] },
  audit_anchor: { columns: ['id', 'sequence', 'hash'], key: ['id'] },
  metrics: {
    columns: ['resolution', ...figures],
    key: ['resolution', 'at_ms', 'device_id'],
  },
  config: { columns: ['id', 'patch'], key: ['id'], long: ['patch'] },
  // Without the number that each database gives its rows: nothing names an answer by it.
  idempotency: {
    columns: ['caller', 'path', 'key', 'at_ms', 'body_hash', 'answer'],
    key: ['caller', 'path', 'key'],
    long: ['answer'],
  },
} as const satisfies { readonly [T in keyof Tables]: Copied<Tables[T]> | Left }

/** The name of a table that is copied. */
export type MovedName = { [T in keyof typeof tables]: (typeof tables)[T] extends Left ? never : T }[keyof typeof tables]

/** A table that is copied. */
export type MovedTable = {
  readonly name: MovedName
  readonly columns: readonly string[]
  readonly key: readonly string[]
  readonly long: readonly string[]
}

/** The tables that are copied, one after another. */
export const movedTables: readonly MovedTable[] = Object.entries(tables).flatMap(([name, how]) =>
  'left' in how ? [] : [{ long: [], ...how, name: name as MovedName }],
)

/** A row: its values in the order of the columns, the same from either database. */
export type Row = readonly Value[]

/** The row of what a database gives. */
export const rowOf = ({ columns }: MovedTable, found: Readonly<Record<string, unknown>>): Row =>
  columns.map((column) => found[column] as Value)

/** The values of a row under the names of the columns. */
export const namedRow = ({ columns }: MovedTable, row: Row): Readonly<Record<string, Value>> =>
  Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))

/** The key of a row. */
export const keyOf = (table: MovedTable, row: Row): Row =>
  table.key.map((column) => row[table.columns.indexOf(column)] ?? null)

/** Rows of one page at most. */
export const ROWS_AT_A_TIME = 1000
/** A page ends with the row with which its long columns come to so many bytes: one may hold a megabyte. */
export const BYTES_AT_A_TIME = 4 * 2 ** 20
