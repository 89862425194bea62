/** Rows of a database as some version of the code wrote them. */
import type { DatabaseSync } from 'node:sqlite'

/** By table; an object is written as JSON. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, string | number | null | object>>[]>>

/** Writes rows into the tables of that version. */
export const insertRows = (db: DatabaseSync, rows: Rows): void => {
  for (const [table, content] of Object.entries(rows))
    for (const row of content) {
      const columns = Object.keys(row)
      const values = Object.values(row).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      )
      db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`).run(...values)
    }
}
