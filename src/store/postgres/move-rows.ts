/** Rows of PostgreSQL, as they come from and go to another database. */
import type { MonitorEvent } from '../../../schemas/index.ts'
import type { Rows } from '../moving/place.ts'
import {
  BYTES_AT_A_TIME,
  keyOf,
  type MovedName,
  type MovedTable,
  namedRow,
  type Row,
  rowOf,
  ROWS_AT_A_TIME,
} from '../moving/tables.ts'
import type { Value } from '../slots.ts'
import { BLOCK } from '../spans.ts'
import { listedOf } from '../task-record.ts'
import type { Run } from './run.ts'

/** A page, those after a key where one is given. What is before a row is summed without a look into it: long values lie elsewhere. */
const pageText = ({ name, columns, key, long }: MovedTable, isAfter: boolean): string => {
  const keys = key.join()
  const where = isAfter ? `WHERE (${keys}) > (${key.map((_, index) => `$${index + 1}`).join()})` : ''
  const bytes = long.length === 0 ? '0' : long.map((column) => `octet_length(${column})`).join(' + ')
  return `SELECT ${columns.join()} FROM (
      SELECT *, sum(${bytes}) OVER (ORDER BY ${keys} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM (SELECT ${columns.join()} FROM ${name} ${where} ORDER BY ${keys} LIMIT ${ROWS_AT_A_TIME}) AS next_rows
    ) AS page WHERE coalesce(bytes_before, 0) < ${BYTES_AT_A_TIME} ORDER BY ${keys}`
}

async function* pagesOf(run: Run, table: MovedTable, after?: Row): AsyncGenerator<readonly Row[]> {
  for (let last = after; ;) {
    const { rows } = await run<Record<string, Value>>(pageText(table, last !== undefined), last ?? [])
    const page = rows.map((found) => rowOf(table, found))
    const end = page.at(-1)
    if (end === undefined) return
    yield page
    last = keyOf(table, end)
  }
}

/** What is read of a database. */
export const postgresRows = (run: Run): Rows => ({
  count: async ({ name }) => (await run<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`)).rows[0]?.rows ?? 0,
  pages: (table, after) => pagesOf(run, table, after),
})

/** The key of the last row of a table; undefined where it has none. */
export const lastKey = async (run: Run, table: MovedTable): Promise<Row | undefined> => {
  const order = table.key.map((column) => `${column} DESC`).join()
  const { rows } = await run<Record<string, Value>>(
    `SELECT ${table.key.join()} FROM ${table.name} ORDER BY ${order} LIMIT 1`,
  )
  return rows[0] && rowOf({ ...table, columns: table.key }, rows[0])
}

/** What makes the values of a column of those of the others in its row. */
type Derivations = Readonly<Record<string, (row: Readonly<Record<string, Value>>) => Value>>

/** Columns that only PostgreSQL has: what stands in the others too. */
export const derived: Readonly<Partial<Record<MovedName, Derivations>>> = {
  tasks: {
    artifacts: ({ record }) => {
      const artifacts = listedOf({ record: String(record) }).task.result?.artifacts
      return artifacts === undefined ? null : JSON.stringify(artifacts)
    },
  },
  journal: {
    at_ms: ({ events }) => {
      const [first] = JSON.parse(String(events)) as [number, MonitorEvent][]
      return first === undefined ? 0 : Date.parse(first[1].timestamp)
    },
  },
  audit: { hash: ({ entry }) => (JSON.parse(String(entry)) as { hash: string }).hash },
}

/** Writes rows in one statement. */
export const insertRows = async (run: Run, table: MovedTable, rows: readonly Row[]): Promise<void> => {
  const { name } = table
  const others = Object.entries(derived[name] ?? {})
  const columns = [...table.columns, ...others.map(([column]) => column)].join()
  const values = JSON.stringify(
    rows.map((row) => {
      const named = namedRow(table, row)
      return { ...named, ...Object.fromEntries(others.map(([column, of]) => [column, of(named)])) }
    }),
  )
  await run(`INSERT INTO ${name} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1)`, [
    values,
  ])
  // The log has no trigger here: what writes it keeps its blocks.
  if (name === 'logs')
    await run(
      `INSERT INTO log_spans AS kept SELECT sequence / ${BLOCK}, min(at_ms), max(at_ms)
        FROM json_populate_recordset(NULL::logs, $1) GROUP BY sequence / ${BLOCK}
        ON CONFLICT (block) DO UPDATE SET min_at_ms = least(kept.min_at_ms, excluded.min_at_ms),
          max_at_ms = greatest(kept.max_at_ms, excluded.max_at_ms)`,
      [values],
    )
}
