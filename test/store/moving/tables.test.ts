/** What is copied is described once: a table or a column that comes later must not be forgotten. */
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { migrate } from '../../../src/store/migrate.ts'
import { movedTables, tables } from '../../../src/store/moving/tables.ts'
import { silent } from '../silent.ts'

const db = new DatabaseSync(':memory:')
t.teardown(() => db.close())
migrate(db, silent)

/** Columns whose values each database gives by itself. */
const own: readonly string[] = ['idempotency.id']

void t.test('every table is copied, or is said why not', (t) => {
  const there = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all()
  t.strictSame(there.map(({ name }) => String(name)).sort(), Object.keys(tables).sort())
  t.end()
})

void t.test('of a table that is copied every column is, and its key tells its rows apart', (t) => {
  for (const { name, columns, key } of movedTables) {
    const there = db.prepare('SELECT name FROM pragma_table_info(?)').all(name)
    t.strictSame(
      there.map(({ name: column }) => String(column)).sort(),
      [
        ...columns,
        ...own.filter((each) => each.startsWith(`${name}.`)).map((each) => each.slice(name.length + 1)),
      ].sort(),
      name,
    )
    const unique = db
      .prepare(
        `SELECT group_concat(info.name) AS key FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info
        WHERE list."unique" AND NOT list.partial GROUP BY list.name`,
      )
      .all(name)
      .map((index) => index.key)
    const alone = db.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(name)
    t.ok([...unique, alone.map((column) => column.name).join()].includes(key.join()), `${name}: ${key.join()}`)
  }
  t.end()
})
