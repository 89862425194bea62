/**
 * Statements that are built by kysely, compiled once and prepared once. Run so, an insert costs what it costs when it is
 * written by hand (3.67 against 3.5 µs); compiled every time it costs twice as much (TOOLCHAIN.md, measured).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { compiled, type Slots, type Value } from './slots.ts'
import type { Tables } from './tables.ts'

export { type NoArguments, perShape, shapeOf, type Slots } from './slots.ts'

/** Builds queries; it is connected to nothing. */
export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** A prepared statement. */
export type Statement<Arguments, Row> = {
  /** The text of it, for tests of the query plan. */
  readonly sql: string
  /** Runs it, and says how many rows it changed. */
  run(values: Arguments): number
  /** Its first row. */
  get(values: Arguments): Row | undefined
  /** All its rows. */
  all(values: Arguments): Row[]
  /** Its rows, one by one; what is not asked for is not read. */
  iterate(values: Arguments): Iterable<Row>
}

/**
 * Prepares a statement. The values that it takes are named by the type; the columns that it returns are inferred.
 * @example
 * const find = statement<{ task_id: string }>(db)((slot) =>
 *   query.selectFrom('tasks').select('sequence').where('task_id', '=', slot('task_id')))
 * find.get({ task_id: 'task-1' })?.sequence
 */
export const statement =
  <Arguments extends Record<keyof Arguments, Value>>(db: DatabaseSync) =>
  <Row>(build: (slot: Slots<Arguments>) => Compilable<Row>): Statement<Arguments, Row> => {
    const { sql, bind } = compiled<Arguments>(build)
    const prepared: StatementSync = db.prepare(sql)
    return {
      sql,
      run: (values) => Number(prepared.run(...bind(values)).changes),
      get: (values) => prepared.get(...bind(values)) as Row | undefined,
      all: (values) => prepared.all(...bind(values)) as Row[],
      iterate: (values) => prepared.iterate(...bind(values)) as Iterable<Row>,
    }
  }
