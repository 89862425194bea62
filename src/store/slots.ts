/** Queries that both databases run: built by kysely, with named places for the values that come when they are run. */
import { type Compilable, type Expression, type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Builds queries for one database. */
export type Query = Kysely<Tables>

/** What can be bound. */
export type Value = string | number | null

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

const slotsOf = <Arguments>(): Slots<Arguments> => {
  const slot = <K extends keyof Arguments & string>(name: K): Expression<Arguments[K]> =>
    sql<Arguments[K]>`${new Slot(name)}`
  return Object.assign(slot, {
    each: <const K extends keyof Arguments & string>(names: readonly K[]) =>
      Object.fromEntries(names.map((name) => [name, slot(name)])) as { [N in K]: Expression<Arguments[N]> },
  })
}

/** A statement as text, and what puts values into its places, in their order. */
export type Compiled<Arguments> = { readonly sql: string; readonly bind: (values: Arguments) => Value[] }

/** Compiles a query once, for all the times that it is run. */
export const compiled = <Arguments extends Record<keyof Arguments, Value>>(
  build: (slot: Slots<Arguments>) => Compilable,
): Compiled<Arguments> => {
  const { sql: text, parameters } = build(slotsOf<Arguments>()).compile()
  const places = parameters as readonly (Slot | Value)[]
  return {
    sql: text,
    bind: (values) => places.map((place) => (place instanceof Slot ? values[place.name as keyof Arguments] : place)),
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
