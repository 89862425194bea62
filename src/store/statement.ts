/**
 * Statements that are built by kysely, compiled once and prepared once. Run so, an insert costs what it costs when it is
 * written by hand (3.67 against 3.5 µs); compiled every time it costs twice as much (TOOLCHAIN.md, measured).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  type Compilable,
  DummyDriver,
  type Expression,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Tables } from './tables.ts'

/** Builds queries; it is connected to nothing. */
export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** What can be bound. */
type Value = string | number | null

/** For a statement that takes no values. */
export type NoArguments = Record<string, never>

/** A place in a statement whose value comes when it is run. */
class Slot {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Names a place for a value in a query that is being built. */
export type Slots<Arguments> = {
  <K extends keyof Arguments & string>(name: K): Expression<Arguments[K]>
  /** One place for each of these names, as an object: the values of an insert, or what an update sets. */
  each<const K extends keyof Arguments & string>(names: readonly K[]): { [N in K]: Expression<Arguments[N]> }
}

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

const slotsOf = <Arguments>(): Slots<Arguments> => {
  const slot = <K extends keyof Arguments & string>(name: K): Expression<Arguments[K]> =>
    sql<Arguments[K]>`${new Slot(name)}`
  return Object.assign(slot, {
    each: <const K extends keyof Arguments & string>(names: readonly K[]) =>
      Object.fromEntries(names.map((name) => [name, slot(name)])) as { [N in K]: Expression<Arguments[N]> },
  })
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
    const compiled = build(slotsOf<Arguments>()).compile()
    const prepared: StatementSync = db.prepare(compiled.sql)
    const places = compiled.parameters as readonly (Slot | Value)[]
    const bind = (values: Arguments): Value[] =>
      places.map((place) => (place instanceof Slot ? values[place.name as keyof Arguments] : place))
    return {
      sql: compiled.sql,
      run: (values) => Number(prepared.run(...bind(values)).changes),
      get: (values) => prepared.get(...bind(values)) as Row | undefined,
      all: (values) => prepared.all(...bind(values)) as Row[],
      iterate: (values) => prepared.iterate(...bind(values)) as Iterable<Row>,
    }
  }

/** The names of the fields that a filter has: its shape. */
export const shapeOf = (filter: object): string[] =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)

/** Keeps what `make` made for each shape of query, so that each is compiled once. There are only so many shapes. */
export const perShape = <S>(make: (shape: ReadonlySet<string>) => S): ((shape: readonly string[]) => S) => {
  const made = new Map<string, S>()
  return (shape) => {
    const key = [...shape].sort().join()
    const known = made.get(key)
    if (known !== undefined) return known
    const fresh = make(new Set(shape))
    made.set(key, fresh)
    return fresh
  }
}
