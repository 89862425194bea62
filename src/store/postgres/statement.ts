/** Statements that are built by kysely and compiled once, for PostgreSQL. */
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import { compiled, type Query, type Slots, type Value } from '../slots.ts'
import type { Tables } from '../tables.ts'
import type { Run } from './run.ts'

/** Builds queries; it is connected to nothing. */
export const query: Query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** A statement that is run on any connection. */
export type Statement<Arguments, Row> = {
  /** The text of it and its values in their places, for tests of the query plan. */
  readonly sql: string
  readonly bind: (values: Arguments) => readonly Value[]
  /** All its rows. */
  all(run: Run, values: Arguments): Promise<Row[]>
  /** Its first row. */
  get(run: Run, values: Arguments): Promise<Row | undefined>
  /** Runs it, and says how many rows it changed. */
  run(run: Run, values: Arguments): Promise<number>
}

/**
 * Compiles a statement. The values that it takes are named by the type; the columns that it returns are inferred.
 * @example
 * const find = statement<{ task_id: string }>()((slot) =>
 *   query.selectFrom('tasks').select('sequence').where('task_id', '=', slot('task_id')))
 * await find.get(run, { task_id: 'task-1' })
 */
export const statement =
  <Arguments extends Record<keyof Arguments, Value>>() =>
  <Row>(build: (slot: Slots<Arguments>) => Compilable<Row>): Statement<Arguments, Row> => {
    const { sql, bind } = compiled<Arguments>(build)
    const all = async (run: Run, values: Arguments) => (await run<Row & object>(sql, bind(values))).rows
    return {
      sql,
      bind,
      all,
      get: async (run, values) => (await all(run, values))[0],
      run: async (run, values) => (await run(sql, bind(values))).changed,
    }
  }
