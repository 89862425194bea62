/** Rows of SQLite, as they go to another database. */
import type { DatabaseSync } from 'node:sqlite'
import type { Rows } from './place.ts'
import { BYTES_AT_A_TIME, type MovedTable, type Row, rowOf, ROWS_AT_A_TIME } from './tables.ts'

/** The text of a column: a payload may lie in a table of its own. */
const columnOf = ({ name }: MovedTable, column: string): string =>
  name === 'tasks' && column === 'payload'
    ? `coalesce(payload, (SELECT long.payload FROM task_payloads AS long WHERE long.sequence = tasks.sequence), '{}') AS payload`
    : column

const bytesOf = (table: MovedTable, row: Row): number =>
  table.long.reduce((sum, column) => sum + String(row[table.columns.indexOf(column)]).length, 0)

function* pagesOf(db: DatabaseSync, table: MovedTable, after?: Row): Generator<readonly Row[]> {
  const key = table.key.join()
  const where = after === undefined ? '' : `WHERE (${key}) > (${table.key.map(() => '?').join()})`
  const text = `SELECT ${table.columns.map((column) => columnOf(table, column)).join()} FROM ${table.name} ${where} ORDER BY ${key}`
  let page: Row[] = []
  let bytes = 0
  for (const found of db.prepare(text).iterate(...(after ?? []))) {
    const row = rowOf(table, found)
    page.push(row)
    bytes += bytesOf(table, row)
    if (page.length < ROWS_AT_A_TIME && bytes < BYTES_AT_A_TIME) continue
    yield page
    page = []
    bytes = 0
  }
  if (page.length > 0) yield page
}

/** What is read of a database. */
export const sqliteRows = (db: DatabaseSync): Rows => ({
  count: ({ name }) => Promise.resolve(Number(db.prepare(`SELECT count(*) AS rows FROM ${name}`).get()?.rows)),
  pages: (table, after) => pagesOf(db, table, after),
})

/** A number of `meta`; undefined where there is none. */
export const metaOf = (db: DatabaseSync, name: string): number | undefined => {
  const value = db.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.value
  return typeof value === 'number' ? value : undefined
}
